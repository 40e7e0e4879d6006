import type { FoundRoute, Inventory } from '#domain/plan-draft/inventory.ts';

/** What ARNs of load balancing begin with. */
export const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';

export function foundRoute(route: Partial<FoundRoute> = {}): FoundRoute {
  return {
    with: 'alb',
    place: `${ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`,
    matches: 'path /*',
    blueTargetGroupArn: `${ELB}:targetgroup/shop-blue/6d0ecf831eec9f09`,
    loadBalancer: { arn: `${ELB}:loadbalancer/app/shop/50dc6c495c0c9188`, name: 'shop' },
    service: 'shop/web',
    ingress: null,
    weightsOwner: null,
    obstacles: [],
    twinCommand: 'aws elbv2 create-target-group --name shop-green',
    ...route,
  };
}

export function inventoryOf(part: Partial<Inventory> = {}): Inventory {
  return {
    cluster: {
      name: 'shop-blue',
      version: '1.34',
      access: { account: '111122223333', region: 'eu-west-1' },
    },
    offeredVersions: ['1.34', '1.35', '1.36'],
    nodegroups: ['workers'],
    addons: [{ name: 'coredns', version: 'v1.12.4-eksbuild.18' }],
    namespaces: ['shop'],
    routes: [foundRoute()],
    cronJobs: [],
    leaders: [],
    stateful: [],
    unread: [],
    ...part,
  };
}

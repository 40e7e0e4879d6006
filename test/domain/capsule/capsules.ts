/** Capsules for tests: one route behind an ALB rule, and one in Kubernetes. */
import type { Capsule, CapsuleRoute } from '#domain/capsule/capsule.ts';

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
const ACCESS = { account: '111122223333', region: 'eu-west-1' } as const;

const BLUE_GROUP = `${ELB}:targetgroup/shop-blue/0000000000000001`;
export const RULE = `${ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/0000000000000001`;

export function albRoute(change: Partial<CapsuleRoute> = {}): CapsuleRoute {
  const toBlue = {
    Type: 'forward',
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE_GROUP, Weight: 1 }] },
  };
  return {
    id: 'web',
    resource: RULE,
    greenPercent: 50,
    access: ACCESS,
    blueTargetGroupArn: BLUE_GROUP,
    wayBack: {
      calls: [
        {
          service: 'elasticloadbalancing',
          operation: 'ModifyRule',
          input: { RuleArn: RULE, Actions: [toBlue] },
        },
      ],
      readBack: [
        {
          ask: {
            service: 'elasticloadbalancing',
            operation: 'DescribeRules',
            input: { RuleArns: [RULE] },
          },
          accept: [{ Rules: [{ Actions: [{ Type: 'forward', TargetGroupArn: BLUE_GROUP }] }] }],
        },
      ],
    },
    ...change,
  };
}

export function kubernetesRoute(): CapsuleRoute {
  const call = {
    service: 'kubernetes',
    cluster: {
      access: { ...ACCESS, roleArn: 'arn:aws:iam::111122223333:role/cutover', externalId: 'shop' },
      name: 'shop-blue',
      arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue',
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    apiVersion: 'gateway.networking.k8s.io/v1',
    plural: 'httproutes',
    namespace: 'shop',
    name: 'web',
  } as const;
  const spec = { rules: [{ backendRefs: [{ name: 'web', weight: 1 }] }] };
  return {
    id: 'api',
    resource: 'shop/web',
    greenPercent: null,
    access: ACCESS,
    blueTargetGroupArn: null,
    wayBack: {
      calls: [{ ...call, operation: 'MergePatch', patch: { spec } }],
      readBack: [{ ask: { ...call, operation: 'Get', patch: {} }, accept: [{ spec }] }],
    },
  };
}

export function capsuleOf(change: Partial<Capsule> = {}): Capsule {
  return {
    schema: 1,
    workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
    migrationId: 'aaaaaaaaaaaa',
    writtenAt: '2026-11-25T12:00:00.000Z',
    routes: [albRoute(), kubernetesRoute()],
    ...change,
  };
}

import { assertNever } from '#domain/assert-never.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type {
  GatewayPlace,
  IngressPlace,
  Route53Place,
  RoutePlace,
} from '#domain/traffic/route-place.ts';

export type PlannedRoute = MigrationPlan['spec']['traffic']['groups'][number]['routes'][number];

/** Where a planned route's weights live in the in-memory world: what a real router finds out by asking. */
export function placeOfPlanned(route: PlannedRoute): RoutePlace {
  switch (route.with) {
    case 'alb':
      return { with: 'alb', ruleArn: route.ruleArn };
    case 'ingress':
      return placeOfIngress(route);
    case 'nlb': {
      const { listenerArn, flows } = route;
      return { with: 'nlb', listenerArn, ...(flows === undefined ? {} : { flows }) };
    }
    case 'route53':
      return namePlaceOf(route);
    case 'gateway':
      return gatewayPlaceOf(route);
    default:
      return assertNever(route);
  }
}

export function placeOfIngress({
  namespace,
  ingress,
  service,
}: Extract<PlannedRoute, { readonly with: 'ingress' }>): IngressPlace {
  const loadBalancerArn = `front door of ${namespace}/${ingress}`;
  const backend = { service, port: 80 };
  return { with: 'ingress', namespace, ingress, service, backend, loadBalancerArn, rules: [] };
}

/** Blue's target group: named by the plan, or what blue's controller would have made. */
export function blueTargetGroupOf(route: PlannedRoute): string {
  return route.with === 'ingress'
    ? route.greenTargetGroupArn.replace('/green-', '/blue-')
    : route.blueTargetGroupArn;
}

export function namePlaceOf(
  route: Extract<PlannedRoute, { readonly with: 'route53' }>,
): Route53Place {
  const { zoneId, recordName, recordType, greenLoadBalancerArn } = route;
  const target = (colour: string) => ({
    dnsName: `${colour}-${route.id}.elb.test.`,
    hostedZoneId: 'Z32O12XQLNTSW2',
  });
  return {
    with: 'route53',
    zoneId,
    recordName,
    recordType,
    blueTarget: target('blue'),
    greenTarget: target('green'),
    greenLoadBalancerArn,
    ttlSeconds: 60,
    nameServers: ['ns-1.test'],
  };
}

export function gatewayPlaceOf(
  route: Extract<PlannedRoute, { readonly with: 'gateway' }>,
): GatewayPlace {
  const { namespace, httpRoute, blueBackend, greenBackend, heldByCluster: name, requests } = route;
  const arn = `arn:aws:eks:eu-west-1:111122223333:cluster/${name}`;
  return {
    with: 'gateway',
    ...(name === undefined ? {} : { heldBy: { name, arn, createdAt: '2026-01-01T00:00:00.000Z' } }),
    namespace,
    httpRoute,
    blueBackend,
    greenBackend,
    rules: ['000000000000'],
    greenLoadBalancerArn: `green's load balancer of ${route.id}`,
    ...(requests === undefined ? {} : { requests }),
  };
}

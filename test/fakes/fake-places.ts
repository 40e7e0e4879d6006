import { assertNever } from '#domain/assert-never.ts';
import type { MigrationPlan } from '#domain/migration-plan.ts';
import type { IngressPlace, RoutePlace } from '#domain/resolved.ts';

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

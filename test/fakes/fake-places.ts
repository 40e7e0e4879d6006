import { assertNever } from '#domain/assert-never.ts';
import type { MigrationPlan } from '#domain/migration-plan.ts';
import type { RoutePlace } from '#domain/resolved.ts';

export type PlannedRoute = MigrationPlan['spec']['traffic']['groups'][number]['routes'][number];

/** Where a planned route's weights live in the in-memory world: what a real router finds out by asking. */
export function placeOfPlanned(route: PlannedRoute): RoutePlace {
  switch (route.with) {
    case 'alb':
      return { with: 'alb', ruleArn: route.ruleArn };
    case 'nlb': {
      const { listenerArn, flows } = route;
      return { with: 'nlb', listenerArn, ...(flows === undefined ? {} : { flows }) };
    }
    default:
      return assertNever(route);
  }
}

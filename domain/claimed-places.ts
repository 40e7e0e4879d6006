import { assertNever } from './assert-never.ts';
import type { MigrationPlan } from './migration-plan.ts';

/**
 * The places whose weights a plan writes, as texts that are equal exactly when two plans mean the same place. Two migrations
 * may not touch one rule: each would take the other's writes for somebody else's, and the later rollback would undo both.
 */
export function claimedPlaces({ traffic }: MigrationPlan['spec']): readonly string[] {
  return traffic.groups.flatMap(({ routes }) => routes.map(placeOf));
}

type PlannedRoute = MigrationPlan['spec']['traffic']['groups'][number]['routes'][number];

function placeOf(route: PlannedRoute): string {
  switch (route.with) {
    case 'alb':
      return `alb ${route.ruleArn}`;
    case 'nlb':
      return `nlb ${route.listenerArn}`;
    default:
      return assertNever(route);
  }
}

import { assertNever } from './assert-never.ts';
import type { MigrationPlan } from './migration-plan.ts';

/**
 * The places whose weights a plan writes, as texts that are equal exactly when two plans mean the same place. Two migrations
 * may not touch one rule: each would take the other's writes for somebody else's, and the later rollback would undo both.
 */
export function claimedPlaces({ access, blue, traffic }: MigrationPlan['spec']): readonly string[] {
  const { account, region } = access.blue ?? access.default;
  const cluster = `${account}/${region}/${blue.cluster}`;
  return traffic.groups.flatMap(({ routes }) => routes.map((route) => placeOf(route, cluster)));
}

type PlannedRoute = MigrationPlan['spec']['traffic']['groups'][number]['routes'][number];

function placeOf(route: PlannedRoute, cluster: string): string {
  switch (route.with) {
    case 'alb':
      return `alb ${route.ruleArn}`;
    case 'ingress':
      return `ingress ${cluster} ${route.namespace}/${route.ingress} ${route.service}`;
    case 'nlb':
      return `nlb ${route.listenerArn}`;
    case 'route53':
      return `route53 ${route.zoneId} ${route.recordName} ${route.recordType}`;
    default:
      return assertNever(route);
  }
}

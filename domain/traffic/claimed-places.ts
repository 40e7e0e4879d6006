import { assertNever } from '#domain/assert-never.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/**
 * The places whose weights a plan writes, as texts that are equal exactly when two plans mean the same place. Two migrations
 * may not touch one rule: each would take the other's writes for somebody else's, and the later rollback would undo both.
 */
export function claimedPlaces({ access, blue, traffic }: MigrationPlan['spec']): readonly string[] {
  const named = (side: 'blue' | 'hub', name: string): string => {
    const { account, region } = access[side] ?? access.default;
    return `${account}/${region}/${name}`;
  };
  const clusters: Clusters = {
    blue: named('blue', blue.cluster),
    inFront: (name) => named('hub', name),
  };
  return traffic.groups.flatMap(({ routes }) => routes.map((route) => placeOf(route, clusters)));
}

interface Clusters {
  readonly blue: string;
  /** A cluster in front of both colours, by its name. */
  readonly inFront: (name: string) => string;
}

type PlannedRoute = MigrationPlan['spec']['traffic']['groups'][number]['routes'][number];

function placeOf(route: PlannedRoute, clusters: Clusters): string {
  switch (route.with) {
    case 'alb':
      return `alb ${route.ruleArn}`;
    case 'ingress':
      return `ingress ${clusters.blue} ${route.namespace}/${route.ingress} ${route.service}`;
    case 'nlb':
      return `nlb ${route.listenerArn}`;
    case 'route53':
      return `route53 ${route.zoneId} ${route.recordName} ${route.recordType}`;
    case 'gateway': {
      // All rules are written as one list, so an HTTPRoute belongs to one migration whole.
      const { heldByCluster, namespace, httpRoute } = route;
      const cluster = heldByCluster === undefined ? clusters.blue : clusters.inFront(heldByCluster);
      return `gateway ${cluster} ${namespace}/${httpRoute}`;
    }
    default:
      return assertNever(route);
  }
}

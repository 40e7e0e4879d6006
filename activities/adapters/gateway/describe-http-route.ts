import { CutoverFailure } from '#domain/failures.ts';
import { objectOwner } from '#domain/workloads/object-owner.ts';
import type { GatewayPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { PlannedRouteRef, RouteDescription } from '#activities/ports/traffic-router.ts';
import { requireCluster } from '#activities/adapters/aws/found-cluster.ts';
import { gatewayAddress } from './gateway-address.ts';
import { gatewayNote, LONGEST_NOTE } from './gateway-note.ts';
import { gatewayPercentOf } from './gateway-weights.ts';
import type { OurRule } from './http-route-rules.ts';
import { findLoadBalancers } from './gateway-load-balancers.ts';
import { awaitIntake } from './http-route-intake.ts';
import { getHttpRoute, httpRouteShape, type GatewayParts } from './http-route-object.ts';
import {
  plannedRules,
  refuseForgetfulController,
  refuseStickiness,
} from './http-route-refusals.ts';

/**
 * An HTTPRoute in preflight: who holds it, which of its rules are ours, who serves it, and the load balancers in front of both
 * colours. Reads only; what is refused is in http-route-refusals.ts.
 */
type Planned = PlannedRouteRef<'gateway'>;

export async function describeHttpRoute(
  parts: GatewayParts,
  route: Planned,
  signal: AbortSignal,
): Promise<RouteDescription<GatewayPlace>> {
  const heldBy = await findHolder(parts, route, signal);
  const holder = heldBy === null ? route.blue : { access: route.hub ?? route.access, ...heldBy };
  const cluster = await parts.kubernetes.connect(holder, holder, signal);
  await refuseUnserved(parts, cluster, route, signal);
  const object = await getHttpRoute(cluster, route, signal);
  refuseForgetfulController(object, route);
  const rules = plannedRules(object, route);
  await refuseStickiness(cluster, object, rules, route, signal);
  const before = gatewayNote(rules);
  if (before.length > LONGEST_NOTE)
    throw httpRouteShape(route, 'the backendRefs of its rules are too long to be remembered');
  const [loadBalancers, frontDoorUrl] = await Promise.all([
    findLoadBalancers(parts.clients, route, signal),
    gatewayAddress(cluster, object, route, signal),
  ]);
  const { namespace, httpRoute, blueBackend, greenBackend, requests } = route;
  const { blueTargetGroupArn, greenTargetGroupArn } = route;
  return {
    place: {
      with: 'gateway',
      ...(heldBy === null ? {} : { heldBy }),
      namespace,
      httpRoute,
      blueBackend,
      greenBackend,
      rules: rules.map(({ matches }) => matches),
      greenLoadBalancerArn: loadBalancers.greenArn,
      ...(requests === undefined ? {} : { requests }),
    },
    blueTargetGroupArn,
    greenTargetGroupArn,
    loadBalancerArn: loadBalancers.blueArn,
    frontDoorUrl,
    securityGroupIds: loadBalancers.securityGroupIds,
    // The weights are not on it: whoever owns it does not put them back.
    ownedByCluster: null,
    owner: objectOwner(object, [['f:spec', 'f:rules']]),
    stickySeconds: null,
    greenPercent: largestShare(rules),
    before,
  };
}

/** Null where green is on none of the rules. */
function largestShare(rules: readonly OurRule[]): number | null {
  const shares = rules.flatMap(({ found: { blue, green } }) =>
    green === null ? [] : [gatewayPercentOf({ blue: blue ?? 0, green })],
  );
  return shares.length === 0 ? null : Math.max(...shares);
}

/** Null: blue. */
async function findHolder(
  { clients }: GatewayParts,
  { heldByCluster: name, hub, access }: Planned,
  signal: AbortSignal,
): Promise<Required<GatewayPlace>['heldBy'] | null> {
  if (name === undefined) return null;
  const { arn, createdAt } = await requireCluster(clients, { access: hub ?? access, name }, signal);
  if (arn !== undefined && createdAt !== undefined)
    return { name, arn, createdAt: createdAt.toISOString() };
  throw new CutoverFailure('waiting', 'the cluster is being created', { resource: name });
}

async function refuseUnserved(
  parts: GatewayParts,
  cluster: KubernetesCluster,
  route: Planned,
  signal: AbortSignal,
): Promise<void> {
  const intake = await awaitIntake(parts, cluster, route, signal);
  if (intake.kind !== 'taken-in') throw httpRouteShape(route, intake.why);
}

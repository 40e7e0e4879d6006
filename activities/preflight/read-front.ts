import type { ReadinessFacts } from '#domain/preflight/readiness-facts.ts';
import { weightsFieldOf } from '#domain/traffic/weights-owner.ts';
import { accessOf, plannedRouteRef, plannedRoutes } from '#activities/access.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/** What preflight reads of the load balancers before users. */

export async function readRoutes(
  { ports }: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadinessFacts['routes']> {
  const access = accessOf(input.spec, 'loadBalancer');
  return Promise.all(
    plannedRoutes(input.spec).map(async ({ route, bakeSeconds }) => {
      const described = await ports.router.describe(plannedRouteRef(input, route), signal);
      const {
        blueTargetGroupArn,
        greenTargetGroupArn,
        loadBalancerArn,
        ownedByCluster,
        owner = null,
        stickySeconds,
        greenPercent,
        weightsOwner,
        place,
      } = described;
      const counts = await ports.targetGroups.readHealth(access, blueTargetGroupArn, signal);
      const names = { id: route.id, blueTargetGroupArn, greenTargetGroupArn, loadBalancerArn };
      const acceptsSticky = 'acceptSticky' in route && route.acceptSticky;
      const sticks = { stickySeconds, bakeSeconds, acceptsSticky };
      const owned =
        weightsOwner === undefined
          ? {}
          : { owned: { by: weightsOwner, as: weightsFieldOf(place) } };
      const ownership = { ownedByCluster, owner, ...owned };
      const held =
        place.with === 'gateway' && place.heldBy !== undefined ? { heldBy: place.heldBy } : {};
      const found = { with: route.with, greenPercent, ...held, ...ownership };
      return { ...names, ...found, ...sticks, ...counts };
    }),
  );
}

/** How long green keeps its connections when it is left. */
export async function readShedding(
  { ports }: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<ReadinessFacts['shedding']> {
  const access = accessOf(spec, 'loadBalancer');
  const groups = await Promise.all(
    resolved.routes.map(async ({ greenTargetGroupArn: targetGroupArn, loadBalancerArn }) => {
      const group = { targetGroupArn, loadBalancerArn };
      const settings = await ports.targetGroups.readSettings(access, group, signal);
      return {
        targetGroupArn,
        deregistrationDelaySeconds: settings.deregistrationDelaySeconds,
      };
    }),
  );
  return { shedWithinSeconds: spec.traffic.promise.shedWithinSeconds, groups };
}

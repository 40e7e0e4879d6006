import { CutoverFailure } from '#domain/failures.ts';
import { recordedReplicas } from '#domain/capacity/blue-replicas.ts';
import { everydayRate } from '#domain/capacity/load-growth.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import type { Baseline, Resolved, ResolvedRoute, ZonesNeeded } from '#domain/migration/resolved.ts';
import { zonesNeeded } from '#domain/traffic/zones.ts';
import { accessOf, blueRef, plannedRouteRef, plannedRoutes } from '#activities/access.ts';
import { measureLoadBalancers } from '#activities/traffic/load-balancer-baseline.ts';
import { thisRun } from '#activities/activity-run.ts';
import type { ActivityInput, MigrationActivities } from '#activities/contract.ts';
import { DEPLOYMENTS } from '#activities/kinds.ts';
import { listInNamespaces } from '#activities/list-in-namespaces.ts';
import type { Identified } from '#activities/ports/refs.ts';
import type { TargetCounts } from '#activities/ports/target-groups.ts';
import { readTraffic, truthSource } from '#activities/traffic/read-traffic.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Preflight's first half: every name of the plan becomes an identity, once (I5), and blue's load is measured while
 * nothing has moved. Reads only; run again it gives the same, so a retry needs no care.
 */
type Spec = ActivityInput['spec'];

export function resolveNames(tools: Tools): Pick<MigrationActivities, 'resolveNames'> {
  return {
    resolveNames: async ({ spec }) => {
      const { signal } = thisRun(tools);
      const engineArn = await engineOf(tools, spec, signal);
      const blue = blueRef(spec);
      const cluster = await tools.ports.clusters.describe(blue, signal);
      if (cluster === null)
        throw new CutoverFailure('not-found', `${blue.access.region} has no such EKS cluster`, {
          resource: blue.name,
        });
      const { name, arn, createdAt, version } = cluster;
      const resolvedBlue = { name, arn, createdAt, version };
      const routes = await resolveRoutes(tools, spec, resolvedBlue, signal);
      return {
        engineArn,
        blue: resolvedBlue,
        routes,
        baseline: await measure(tools, spec, { routes, blue: resolvedBlue }, signal),
      } satisfies Resolved;
    },
  };
}

/** The principal that green must admit; every side's credentials are checked against the plan's account on the way. */
async function engineOf({ ports }: Tools, spec: Spec, signal: AbortSignal): Promise<string> {
  const principal = async (side: 'blue' | 'loadBalancer' | 'green' | 'hub'): Promise<string> => {
    const access = accessOf(spec, side);
    const { account, arn } = await ports.clusterAccess.whoAmI(access, signal);
    if (account === access.account) return arn;
    throw new CutoverFailure(
      'invalid-request',
      `access of ${side}: the plan says account ${access.account}, the credentials are of ${account}`,
      { resource: arn },
    );
  };
  const [green] = await Promise.all([
    principal('green'),
    principal('blue'),
    principal('loadBalancer'),
    ...(isHubNeeded(spec) ? [principal('hub')] : []),
  ]);
  return green;
}

function isHubNeeded(spec: Spec): boolean {
  return (
    spec.green.provision.with === 'kro' ||
    plannedRoutes(spec).some(
      ({ route }) => route.with === 'gateway' && route.heldByCluster !== undefined,
    )
  );
}

async function resolveRoutes(
  { ports }: Tools,
  spec: Spec,
  blue: Resolved['blue'],
  signal: AbortSignal,
): Promise<readonly ResolvedRoute[]> {
  return Promise.all(
    plannedRoutes(spec).map(async ({ group, route }) => {
      const ref = plannedRouteRef({ spec, resolved: { blue } }, route);
      const found = await ports.router.describe(ref, signal);
      // What preflight alone asks is no part of the state.
      const {
        place,
        ownedByCluster: _cluster,
        owner: _owner,
        greenPercent: _share,
        ...kept
      } = found;
      return { id: route.id, group, ...place, ...kept };
    }),
  );
}

async function measure(
  tools: Tools,
  spec: Spec,
  { routes, blue }: { readonly routes: readonly ResolvedRoute[]; readonly blue: Identified },
  signal: AbortSignal,
): Promise<Baseline> {
  const { ports, timings } = tools;
  const source = truthSource(spec);
  const window = newestWindow(source, ports.clock.nowMs(), timings.baselineSeconds);
  const access = accessOf(spec, 'loadBalancer');
  const [traffic, loadBalancers, health, replicas] = await Promise.all([
    readTraffic(tools, spec, source, routes, window, signal),
    measureLoadBalancers(tools, spec, routes, signal),
    Promise.all(
      routes.map(async (route) => {
        const counts = await ports.targetGroups.readHealth(
          access,
          route.blueTargetGroupArn,
          signal,
        );
        const zones = await zonesOf(tools, spec, route, counts, signal);
        return { id: route.id, healthy: counts.healthy, zones };
      }),
    ),
    readReplicas(tools, spec, blue, signal),
  ]);
  return {
    requestsPerSecond: everydayRate(traffic.blue, source.periodSeconds),
    ...loadBalancers,
    healthyTargets: Object.fromEntries(health.map(({ id, healthy }) => [id, healthy])),
    zonesNeeded: Object.fromEntries(
      health.flatMap(({ id, zones }) =>
        zones.blue.length + zones.green.length === 0 ? [] : [[id, zones]],
      ),
    ),
    replicas,
  };
}

async function zonesOf(
  { ports }: Tools,
  spec: Spec,
  route: ResolvedRoute,
  { healthyByZone }: TargetCounts,
  signal: AbortSignal,
): Promise<ZonesNeeded> {
  const { loadBalancerArn: ofBlue } = route;
  const ofGreen = 'greenLoadBalancerArn' in route ? route.greenLoadBalancerArn : ofBlue;
  const zonesBehind = async (
    targetGroupArn: string,
    loadBalancerArn: string,
  ): Promise<readonly string[]> => {
    const group = { targetGroupArn, loadBalancerArn };
    const access = accessOf(spec, 'loadBalancer');
    return zonesNeeded(await ports.targetGroups.readSettings(access, group, signal), healthyByZone);
  };
  const [blue, green] = await Promise.all([
    zonesBehind(route.blueTargetGroupArn, ofBlue),
    zonesBehind(route.greenTargetGroupArn, ofGreen),
  ]);
  return { blue, green };
}

async function readReplicas(
  { ports }: Tools,
  spec: Spec,
  blue: Identified,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const kubernetes = await ports.kubernetes.connect(blueRef(spec), blue, signal);
  const { namespaces } = spec.workloads;
  const deployments = await listInNamespaces(kubernetes, DEPLOYMENTS, namespaces, signal);
  return recordedReplicas(deployments, spec.singletons.deployments);
}

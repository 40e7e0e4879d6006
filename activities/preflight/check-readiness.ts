import { floorOf } from '#domain/capacity/capacity-floor.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { isOurs } from '#domain/identity.ts';
import { judgeReadiness } from '#domain/preflight/readiness.ts';
import type { ReadinessFacts } from '#domain/preflight/readiness-facts.ts';
import { truthsOf } from '#domain/traffic/route-truth.ts';
import { truthSourceFor } from '#domain/traffic/truth-source.ts';
import { weightsFieldOf } from '#domain/traffic/weights-owner.ts';
import { replicasOf } from '#domain/workload-hazards/pods.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { readFloorFacts } from '#activities/traffic/blue-floor.ts';
import {
  accessOf,
  blueRef,
  greenOrder,
  greenRef,
  plannedRouteRef,
  plannedRoutes,
} from '#activities/access.ts';
import { thisRun } from '#activities/activity-run.ts';
import { fitAddons } from '#activities/green/fit-addons.ts';
import { readSelfManaged } from '#activities/green/self-managed.ts';
import { describeSame } from '#activities/green/cluster-identity.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import { judgeObjects } from './judge-objects.ts';
import { judgeTrust } from './judge-trust.ts';
import { DEPLOYMENTS, NAMESPACES, NODES } from '#activities/kinds.ts';
import { lagFacts, measureLags } from './measure-lag.ts';
import { freshInsights, readAskedApis } from './read-control-plane.ts';
import type { Tools } from '#activities/tools.ts';
import { whyNoCapsule } from '#activities/capsule/write-capsule.ts';

/** Preflight's second half: reads what `domain/preflight/readiness.ts` judges. Writes a capsule under a name of its own and takes it away; else reads only. */
export function checkReadiness(tools: Tools): Pick<MigrationActivities, 'checkReadiness'> {
  return {
    checkReadiness: async (input) => {
      const run = thisRun(tools);
      const lags = await measureLags(tools, input, run);
      const insights = await freshInsights(tools, input, run);
      const facts = await readFacts(tools, input, run.signal);
      return { findings: judgeReadiness({ ...facts, lags, insights }), facts: lagFacts(lags) };
    },
  };
}

async function readFacts(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<Omit<ReadinessFacts, 'lags' | 'insights'>> {
  const { ports } = tools;
  const { spec, resolved, ref } = input;
  const blue = blueRef(spec);
  const [cluster, versions, green, routes, read, shedding, noCapsule, around, hub] =
    await Promise.all([
      describeSame(tools, blue, resolved.blue, signal),
      ports.clusters.versions(accessOf(spec, 'green'), signal),
      ports.clusters.describe(greenRef(spec), signal),
      readRoutes(tools, input, signal),
      readWorkloads(tools, input, signal),
      readShedding(tools, input, signal),
      whyNoCapsule(tools, input, signal),
      readAround(tools, input, signal),
      ports.provisioner.survey(greenOrder(input), signal),
    ]);
  const { nodegroups, subnets, addons, selfManaged, admitting, quotas, workersIssuer } = around;
  const { pods, nodes, ...workloads } = read;
  return {
    blue: {
      name: resolved.blue.name,
      version: resolved.blue.version,
      status: cluster?.status ?? 'gone',
      issues: cluster?.issues ?? [],
      tags: cluster?.tags ?? {},
    },
    targetVersion: spec.green.version,
    versions,
    green: green === null ? null : { name: green.name, ours: isOurs(ref, green.tags) },
    routes,
    requestsPerSecond: resolved.baseline.requestsPerSecond,
    missingDataSeconds: spec.analysis.missingDataSeconds,
    bakes: bakesOf(spec, resolved.routes),
    ...proofsOf(spec, resolved.routes),
    ...workloads,
    shedding,
    addresses: { subnets, pods, nodes },
    addons,
    selfManaged,
    admitting,
    quotas,
    isWorkerInBlue: workersIssuer !== null && workersIssuer === cluster?.issuer,
    shape: {
      admitsByConfigMapAlone: cluster?.admitsByConfigMapAlone ?? false,
      nodegroups,
    },
    waivers: spec.preflight?.waivers ?? [],
    today: new Date(ports.clock.nowMs()).toISOString().slice(0, 10),
    noCapsule,
    hub,
  };
}

/** Connections and people's own eyes need no number of requests. */
function bakesOf(
  { traffic }: ResolvedInput['spec'],
  all: ResolvedInput['resolved']['routes'],
): ReadinessFacts['bakes'] {
  return traffic.groups.flatMap(({ name, steps, bakeSeconds, bakeAtMostSeconds }) => {
    const routes = all.filter(({ group }) => group === name);
    const counts = truthsOf(routes, all).some(({ kind }) => kind === 'requests');
    return counts ? [{ group: name, steps, bakeSeconds, bakeAtMostSeconds }] : [];
  });
}

/** What will be able to tell, step by step, whether users follow the weights. */
function proofsOf(
  spec: ResolvedInput['spec'],
  all: ResolvedInput['resolved']['routes'],
): Pick<ReadinessFacts, 'sharesAreVisible' | 'askedOfPeople'> {
  const groups = [...new Set(all.map(({ group }) => group))];
  const truths = groups.flatMap((group) =>
    truthsOf(
      all.filter((route) => route.group === group),
      all,
    ),
  );
  const countsRequests = truths.some(({ kind }) => kind === 'requests');
  return {
    sharesAreVisible: !countsRequests || truthSourceFor(spec.analysis, movesOf(spec)) !== null,
    askedOfPeople: truths.flatMap((truth) => (truth.kind === 'people' ? [truth] : [])),
  };
}

function movesOf({ traffic }: ResolvedInput['spec']): Parameters<typeof truthSourceFor>[1] {
  return traffic.groups.length > 1 ? 'some routes alone' : 'all routes together';
}

async function readRoutes(
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

async function readShedding(
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

/** Blue's nodes and networks, and where the worker is. */
async function readAround(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<{
  readonly nodegroups: ReadinessFacts['shape']['nodegroups'];
  readonly subnets: ReadinessFacts['addresses']['subnets'];
  readonly addons: ReadinessFacts['addons'];
  readonly selfManaged: ReadinessFacts['selfManaged'];
  readonly admitting: ReadinessFacts['admitting'];
  readonly quotas: ReadinessFacts['quotas'];
  readonly workersIssuer: string | null;
}> {
  const { clusters, ...ports } = tools.ports;
  const blue = blueRef(input.spec);
  const [nodegroups, subnets, { addons, selfManaged }, admitting, quotas, workersIssuer] =
    await Promise.all([
      ports.nodegroups.shapes(blue, signal),
      ifAllowed(clusters.subnets(blue, signal)),
      readAddons(tools, input, signal),
      ifAllowed(clusters.admittingRules(blue, signal)),
      ports.quotas.read(blue, accessOf(input.spec, 'green'), signal),
      ports.surroundings.tokenIssuer(),
    ]);
  return {
    nodegroups,
    subnets,
    addons,
    selfManaged,
    admitting: { ofBlue: admitting?.own ?? null, rules: admitting?.rules ?? null },
    quotas,
    workersIssuer,
  };
}

/** Blue's add-ons for the target, and what of its network is none. */
async function readAddons(
  tools: Tools,
  { spec, resolved }: ResolvedInput,
  signal: AbortSignal,
): Promise<Pick<ReadinessFacts, 'addons' | 'selfManaged'>> {
  const addons = await fitAddons(tools, spec, spec.green.version, signal);
  const kubernetes = await tools.ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const installed = addons.map(({ name }) => name);
  return { addons, selfManaged: await readSelfManaged(kubernetes, installed, signal) };
}

/** Null where EC2 may not be asked. */
async function ifAllowed<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (cause) {
    if (cause instanceof CutoverFailure && cause.type === 'access-denied') return null;
    throw cause;
  }
}

async function readWorkloads(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<
  Pick<
    ReadinessFacts,
    'namespaces' | 'missingSingletons' | 'floorsLeftAlone' | 'objects' | 'askedApis'
  > &
    Pick<ReadinessFacts['addresses'], 'pods' | 'nodes'>
> {
  const { spec, resolved } = input;
  const { ports } = tools;
  const kubernetes = await ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const namespaces = await Promise.all(
    spec.workloads.namespaces.map(async (name) => {
      const [namespace, deployments] = await Promise.all([
        kubernetes.get(NAMESPACES, null, name, signal),
        kubernetes.list(DEPLOYMENTS, name, signal),
      ]);
      const pods = deployments.reduce((sum, one) => sum + replicasOf(one), 0);
      return { name, exists: namespace !== null, deployments: deployments.length, pods };
    }),
  );
  const singletons = await Promise.all(
    spec.singletons.deployments.map(async (singleton) => {
      const [namespace = '', name = ''] = singleton.split('/');
      const found = await kubernetes.get(DEPLOYMENTS, namespace, name, signal);
      return { singleton, found };
    }),
  );
  const [floors, objects, trust, nodes, askedApis] = await Promise.all([
    readFloorFacts(kubernetes, input, signal),
    judgeObjects(tools, kubernetes, input, signal),
    judgeTrust(tools, kubernetes, input, signal),
    kubernetes.list(NODES, null, signal),
    readAskedApis(kubernetes, signal),
  ]);
  return {
    namespaces,
    pods: namespaces.reduce((sum, { pods }) => sum + pods, 0),
    nodes: nodes.length,
    askedApis,
    objects: [...objects, ...trust],
    floorsLeftAlone: floors.autoscalers.flatMap((autoscaler) => {
      const decision = floorOf(autoscaler, floors);
      return decision.kind === 'left-alone' ? [decision.reason] : [];
    }),
    missingSingletons: singletons.filter(isMissing).map((one) => one.singleton),
  };
}

function isMissing(one: { readonly found: KubernetesObject | null }): boolean {
  return one.found === null;
}

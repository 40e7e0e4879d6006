import type { Clock } from '#activities/ports/clock.ts';
import type { KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { Notice } from '#activities/ports/notifier.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { UnderWay } from '#activities/ports/runs.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { helmReleases } from '#activities/adapters/manifests/helm-releases.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import { runs } from '#activities/adapters/temporal/runs.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { KnownWeights } from '#domain/traffic/known-weights.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { FakeCalls } from './fake-calls.ts';
import { FakeCapsules } from './fake-capsules.ts';
import { REAL_CLOCK } from './fake-clock.ts';
import { FakeEks, type FakeCluster } from './fake-eks.ts';
import { FakeHub } from './fake-hub.ts';
import { FakeIam } from './fake-iam.ts';
import { FakeKubernetes } from './fake-kubernetes.ts';
import { fakeNode } from './fake-probes.ts';
import { FakeLoadBalancer } from './fake-load-balancer.ts';
import { blueTargetGroupOf } from './fake-places.ts';
import { fakePlan } from './fake-plan.ts';
import { FakeSigns } from './fake-signs.ts';
import { FakeTraffic } from './fake-traffic.ts';
import { seedShop } from './seed-shop.ts';

/**
 * A world in memory that a migration of the plan can run in from end to end: all ports, with real semantics, and knobs
 * to break it. `world` is what tests look at and turn; `ports` is what activities are given.
 */
export interface FakeWorldOptions {
  /** What exists in the world is what this plan names. Default: {@link fakePlan}. */
  readonly plan: MigrationPlan;
  /** Over all routes. Default: 40,000, so that one period of the fake plan holds every sample that is needed. */
  readonly requestsPerSecond: number;
  /** Looks at something created until it is ready. Default: 1. */
  readonly readyAfterLooks: number;
  /** Looks at something deleted until it is gone. Default: 1. */
  readonly goneAfterLooks: number;
  /** How long a weight takes to reach users. Default: 0. */
  readonly propagationMs: number;
  readonly clock: Clock;
}

export interface FakeWorld {
  readonly plan: MigrationPlan;
  /** Faults, holds and the audit of every call. */
  readonly calls: FakeCalls;
  readonly eks: FakeEks;
  /** One role, `shop`, that trusts blue for the service account `shop`. */
  readonly iam: FakeIam;
  readonly loadBalancer: FakeLoadBalancer;
  readonly capsules: FakeCapsules;
  readonly traffic: FakeTraffic;
  /** Alarms, answers of Prometheus, and what load balancers answered themselves. */
  readonly signs: FakeSigns;
  /** kro and ACK, for plans whose green they make. */
  readonly hub: FakeHub;
  /** Everything people were told, with the target. */
  readonly notices: { readonly target: string; readonly notice: Notice }[];
  readonly blue: FakeCluster;
  /** Null before it is created and after it is deleted. */
  readonly green: FakeCluster | null;
  readonly blueKubernetes: FakeKubernetes;
  readonly greenKubernetes: FakeKubernetes;
  /** Who signed the token of the pod that the worker runs in; null: it is in none. */
  workersIssuer: string | null;
  /** What the run says it expects of weights; null: ask the run whose activity it is. */
  knownWeights: KnownWeights | null;
  /** What the run is said to have under way; null: ask Temporal about the run whose activity it is. */
  underWay: readonly UnderWay[] | null;
  /** Green's weights of a route as users met them, oldest first, from 0. */
  weightHistory(routeId: string): readonly number[];
  /** Green's weights as they were written to any route, in percent, oldest first; a way back to blue is a 0. */
  weightsWritten(): readonly unknown[];
  /** Green fails this share (0–1) of its requests from now on. */
  breakGreen(errorRate: number): void;
  /** Healthy targets of one colour on all routes, by hand; null: what the workloads say. */
  setHealthyTargets(colour: 'blue' | 'green', healthy: number | null): void;
  /** Whose metric points appear from now on. */
  silence(who: 'none' | 'green' | 'both'): void;
}

/** A new world; nothing is shared between two of them. */
export function createFakeWorld(options: Partial<FakeWorldOptions> = {}): {
  readonly ports: Ports;
  readonly world: FakeWorld;
} {
  const plan = options.plan ?? fakePlan();
  const { spec } = plan;
  const clock = options.clock ?? REAL_CLOCK;
  const calls = new FakeCalls(clock);
  const eks = new FakeEks({
    readyAfterLooks: options.readyAfterLooks ?? 1,
    goneAfterLooks: options.goneAfterLooks ?? 1,
    clock,
  });
  const blueRef = { access: spec.access.blue ?? spec.access.default, name: spec.blue.cluster };
  const greenRef = { access: spec.access.green ?? spec.access.default, name: spec.green.cluster };
  const servers = { blue: new FakeKubernetes(clock), green: new FakeKubernetes(clock) };
  for (const name of ['node-0', 'node-1']) servers.green.seed('nodes', fakeNode(name));
  const loadBalancer = new FakeLoadBalancer(
    clock,
    async (call) => calls.land(call),
    (arn) => {
      const [onBlue, onGreen] = [servers.blue.targetsOf(arn), servers.green.targetsOf(arn)];
      return { healthy: onBlue.healthy + onGreen.healthy, total: onBlue.total + onGreen.total };
    },
  );
  loadBalancer.propagationMs = options.propagationMs ?? 0;
  const iam = new FakeIam();
  const capsules = new FakeCapsules();
  const planned = spec.traffic.groups.flatMap((group) => group.routes);
  for (const route of planned) loadBalancer.addRule(route);
  const routes = planned.map((route) => ({
    ...route,
    blueTargetGroupArn: blueTargetGroupOf(route),
  }));
  const traffic = new FakeTraffic(loadBalancer, clock, options.requestsPerSecond ?? 40_000);
  const signs = new FakeSigns(clock);
  const hub = new FakeHub(eks);
  const blue = seedBlue(eks, blueRef);
  const roleArn = `arn:aws:iam::${blueRef.access.account}:role/shop`;
  seedShop(servers.blue, {
    namespaces: spec.workloads.namespaces,
    routes,
    singletons: spec.singletons.deployments,
    roleArn,
  });
  const [namespace = 'shop'] = spec.workloads.namespaces;
  iam.addRole(roleArn, blueRef.name, `${namespace}/shop`);
  const notices: { readonly target: string; readonly notice: Notice }[] = [];

  const world: FakeWorld = {
    plan,
    calls,
    eks,
    iam,
    loadBalancer,
    capsules,
    traffic,
    signs,
    hub,
    notices,
    blue,
    get green() {
      return [...eks.clusters.values()].find(({ name }) => name === spec.green.cluster) ?? null;
    },
    blueKubernetes: servers.blue,
    greenKubernetes: servers.green,
    workersIssuer: null,
    knownWeights: null,
    underWay: null,
    weightHistory: (routeId) => {
      const route = routes.find(({ id }) => id === routeId);
      return route === undefined
        ? []
        : loadBalancer.ruleOfBlue(route.blueTargetGroupArn).greenPercent.history;
    },
    weightsWritten: () =>
      calls.audit.flatMap(({ call, args }) => {
        if (call === 'router.sendAllToBlue') return [0];
        return call === 'router.setGreenPercent' ? [args[1]] : [];
      }),
    breakGreen: (errorRate) => traffic.greenErrorRate.set(clock.nowMs(), errorRate),
    setHealthyTargets: (colour, healthy) => {
      for (const { blueTargetGroupArn, greenTargetGroupArn } of routes) {
        const arn = colour === 'blue' ? blueTargetGroupArn : greenTargetGroupArn;
        if (healthy === null) loadBalancer.healthyByHand.delete(arn);
        else loadBalancer.healthyByHand.set(arn, healthy);
      }
    },
    silence: (who) => traffic.silence.set(clock.nowMs(), who),
  };
  const clusters = calls.around('clusters', eks.clustersPort);
  const nodegroups = calls.around('nodegroups', eks.nodegroupsPort);
  const ports: Ports = {
    clusters,
    nodegroups,
    provisioner: provisionerByWay({
      eks: createEksProvisioner({ clusters, nodegroups }),
      kro: calls.around('provisioner', hub),
    }),
    addons: calls.around('addons', eks.addonsPort),
    clusterAccess: calls.around('clusterAccess', eks.accessPort),
    quotas: calls.around('quotas', eks.quotasPort),
    roleTrust: calls.around(
      'roleTrust',
      iam.port(
        new Map([
          [blueRef.name, servers.blue],
          [greenRef.name, servers.green],
        ]),
      ),
    ),
    router: calls.around('router', routerOf(loadBalancer)),
    smokeDoor: calls.around('smokeDoor', {
      open: loadBalancer.open.bind(loadBalancer),
      close: loadBalancer.close.bind(loadBalancer),
    }),
    dnsAnswers: calls.around('dnsAnswers', {
      sample: async (route, count) => {
        const { greenPercent } = loadBalancer.ruleOfBlue(route.blueTargetGroupArn);
        const green = Math.round((count * greenPercent.at(clock.nowMs())) / 100);
        return { blue: count - green, green, other: 0 };
      },
    }),
    capsules: calls.around('capsules', capsules),
    targetGroups: calls.around('targetGroups', {
      readHealth: loadBalancer.readHealth.bind(loadBalancer),
      readSettings: loadBalancer.readSettings.bind(loadBalancer),
      deregisterAll: loadBalancer.deregisterAll.bind(loadBalancer),
    }),
    trafficMetrics: calls.around('trafficMetrics', { read: traffic.read.bind(traffic) }),
    loadBalancerMetrics: calls.around('loadBalancerMetrics', signs.loadBalancerMetrics),
    alarms: calls.around('alarms', signs.alarms),
    promql: calls.around('promql', signs.promql),
    helm: helmReleases,
    kubernetes: calls.around('kubernetesClusters', connections(calls, eks, greenRef, servers)),
    httpProbe: calls.around('httpProbe', { get: loadBalancer.get.bind(loadBalancer) }),
    notifier: calls.around('notifier', {
      tell: async (target, notice) => {
        notices.push({ target: target.with, notice });
      },
    }),
    surroundings: {
      tokenIssuer: async () => world.workersIssuer,
      probeProgram: async () => 'a program',
    },
    runs: calls.around('runs', {
      knownWeights: async (workflowId) => world.knownWeights ?? runs.knownWeights(workflowId),
      underWay: async (workflowId) => world.underWay ?? runs.underWay(workflowId),
    }),
    clock,
  };
  return { ports, world };
}

function seedBlue(eks: FakeEks, ref: ClusterRef): FakeCluster {
  const blue = eks.addCluster(ref, '1.34');
  blue.deletionProtection = true;
  eks.addPart(blue.nodegroups, 'workers');
  eks.addPart(blue.addons, 'coredns', 'v1.19.0-eksbuild.1');
  eks.addPart(blue.addons, 'vpc-cni', 'v1.19.0-eksbuild.1');
  blue.entries.set(engineArn(ref), 'people');
  blue.entries.set(`arn:aws:iam::${ref.access.account}:role/people`, 'people');
  blue.entries.set(`arn:aws:iam::${ref.access.account}:role/nodes`, 'node');
  return blue;
}

function engineArn({ access }: ClusterRef): string {
  return `arn:aws:iam::${access.account}:role/cutover-engine`;
}

function routerOf(loadBalancer: FakeLoadBalancer): Ports['router'] {
  return {
    describe: loadBalancer.describe.bind(loadBalancer),
    attach: loadBalancer.attach.bind(loadBalancer),
    detach: loadBalancer.detach.bind(loadBalancer),
    setGreenPercent: loadBalancer.setGreenPercent.bind(loadBalancer),
    sendAllToBlue: loadBalancer.sendAllToBlue.bind(loadBalancer),
    wayBack: loadBalancer.wayBack.bind(loadBalancer),
    readGreenPercent: loadBalancer.readGreenPercent.bind(loadBalancer),
    removeBlue: loadBalancer.removeBlue.bind(loadBalancer),
  };
}

function connections(
  calls: FakeCalls,
  eks: FakeEks,
  greenRef: ClusterRef,
  servers: { readonly blue: FakeKubernetes; readonly green: FakeKubernetes },
): KubernetesClusters {
  return {
    connect: async (ref, identity) => {
      const cluster = eks.cluster(ref);
      if (cluster.arn !== identity.arn || cluster.createdAt !== identity.createdAt)
        throw new CutoverFailure('identity-changed', 'another cluster', { resource: cluster.arn });
      if (!cluster.entries.has(engineArn(ref)))
        throw new CutoverFailure('access-denied', 'not admitted', { resource: cluster.arn });
      const isNew = ref.name === greenRef.name || ref.name.includes('-certify-');
      return calls.around('kubernetes', isNew ? servers.green : servers.blue);
    },
  };
}

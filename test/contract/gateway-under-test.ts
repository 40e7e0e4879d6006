/**
 * HTTPRoutes, as the contracts of router and smoke door want them: Gateways really served by the stand-in's data plane, on API
 * servers in memory or real ones, with the emulated AWS beside them for the target groups. One ground carries many routes, each in a
 * namespace of its own.
 */
import { createGatewayRouter } from '#activities/adapters/gateway/gateway-router.ts';
import { createGatewaySmokeDoor } from '#activities/adapters/gateway/gateway-smoke-door.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import type { CapsuleCalls } from '#activities/ports/capsules.ts';
import type { KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { ClusterRef, Identified } from '#activities/ports/refs.ts';
import type { PlannedRouteRef, RouteRef, TrafficRouter } from '#activities/ports/traffic-router.ts';
import type { GatewayPlace } from '#domain/traffic/route-place.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import {
  startGatewayController,
  type GatewayController,
} from '#sandbox/gateway-controller/gateway-controller.ts';
import { gateways, httpRoutes } from '#sandbox/gateway-controller/gateway-objects.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { namespaces } from '#sandbox/kubernetes/resources.ts';
import { endpointSlices, services } from '#sandbox/load-balancer-controller/service-endpoints.ts';
import { freePort } from '#sandbox/processes/free-ports.ts';
import { fakeAdminClient } from '#test/fakes/fake-admin-client.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { FakeKubernetes } from '#test/fakes/fake-kubernetes.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { startFakePods } from '#test/sandbox/data-plane/fake-pods.ts';
import { BLUE_CLUSTER } from './alb-under-test.ts';
import { ACCESS, PODS, type EmulatedAws } from './emulated-aws.ts';
import { eksKubernetesUnderTest } from './kubernetes-under-test.ts';
import type { DoorUnderTest } from './smoke-door.contract.ts';
import type { RouterUnderTest } from './traffic-router.contract.ts';

const { signal } = new AbortController();

/** A cluster with a Gateway controller, and what routes on it need of AWS. */
export interface GatewayGround {
  readonly aws: EmulatedAws;
  readonly admin: AdminClient;
  readonly kubernetes: KubernetesClusters;
  readonly controller: GatewayController;
  /** The cluster as EKS knows it; null where it is blue itself. */
  readonly holder: (ClusterRef & Identified) | null;
  readonly stop: () => Promise<void>;
}

/** On API servers in memory; the HTTPRoutes are blue's own. */
export async function groundInMemory(aws: EmulatedAws): Promise<GatewayGround> {
  const cluster = new FakeKubernetes();
  const admin = fakeAdminClient(cluster);
  const kubernetes = { connect: async () => cluster };
  const served = await serve(admin);
  return { aws, admin, kubernetes, holder: null, ...served };
}

/** On a real API server behind the emulated EKS; the HTTPRoutes are of that cluster, in front of both colours. */
export async function groundOnApiServer(): Promise<GatewayGround> {
  const under = await eksKubernetesUnderTest();
  const { aws, admin, kubernetes, cluster, identity } = under;
  const served = await serve(admin);
  return {
    aws,
    admin,
    kubernetes,
    holder: { ...cluster, ...identity },
    controller: served.controller,
    stop: async () => {
      await served.stop();
      await under.stop();
    },
  };
}

async function serve(client: AdminClient): Promise<Pick<GatewayGround, 'controller' | 'stop'>> {
  const pods = await startFakePods(Object.values(PODS));
  pods.set(PODS.green, { kind: 'answers', status: 201 });
  const propagation = { minMs: 1, maxMs: 40 };
  const dataPlane = new DataPlane({ network: pods.network, propagation, timeScale: 0.01 });
  const pace = { minMs: 1, maxMs: 30 };
  const controller = await startGatewayController({ client, dataPlane, pace });
  return {
    controller,
    stop: async () => {
      await controller.stop();
      await dataPlane.close();
      await pods.close();
    },
  };
}

export interface GatewayStage {
  readonly router: TrafficRouter<GatewayPlace>;
  readonly door: ReturnType<typeof createGatewaySmokeDoor>;
  readonly calls: CapsuleCalls;
  readonly planned: PlannedRouteRef<'gateway'>;
  /** One request through the Gateway: the status of the answer. */
  readonly ask: (path?: string, headers?: Readonly<Record<string, string>>) => Promise<number>;
  readonly settled: () => Promise<void>;
  readonly spec: () => Promise<Readonly<Record<string, unknown>>>;
  /** A person's hand on the HTTPRoute. */
  readonly write: (spec: Readonly<Record<string, unknown>>) => Promise<void>;
}

let stages = 0;

/** A namespace with a Gateway and an HTTPRoute to blue, once it is served. @param rules all of its rules */
export async function gatewayStage(
  { aws, admin, kubernetes, holder }: GatewayGround,
  rules: readonly unknown[] = [API_RULE, SHOP_RULE, OLD_RULE],
): Promise<GatewayStage> {
  stages += 1;
  const namespace = `shop-${stages}`;
  const port = await freePort();
  await admin.apply(namespaces, { metadata: { name: namespace } });
  await seedBackend(admin, namespace, 'web-blue', PODS.blue);
  await seedBackend(admin, namespace, 'web-green', PODS.green);
  await seedBackend(admin, namespace, 'legacy', null);
  await admin.apply(gateways, {
    metadata: { name: 'front', namespace },
    spec: {
      gatewayClassName: 'sandbox',
      listeners: [{ name: 'http', port, protocol: 'HTTP' }],
    },
  });
  await admin.apply(httpRoutes, {
    metadata: { name: 'web', namespace },
    spec: { parentRefs: [{ name: 'front' }], rules },
  });
  const ref = { namespace, name: 'web' };
  const settled = async (): Promise<void> => {
    await eventually('the controller has followed', async () => {
      const route = await admin.get(httpRoutes, ref);
      const text = JSON.stringify(route?.status ?? {});
      const generation = String(route?.metadata['generation']);
      const said = [...text.matchAll(/"observedGeneration":(\d+)/gu)].map(([, one]) => one);
      return said.length > 0 && said.every((one) => one === generation);
    });
  };
  await settled();
  const parts = { clients: aws.clients, kubernetes, clock: REAL_CLOCK };
  const probe = createHttpProbe();
  return {
    router: createGatewayRouter(parts),
    door: createGatewaySmokeDoor(parts),
    calls: createCapsuleCalls(parts),
    planned: plannedIn(namespace, holder),
    settled,
    ask: async (path = '/', headers = {}) => {
      const url = `http://127.0.0.1:${port}${path}`;
      return (await probe.get(url, { headers, timeoutMs: 2000 }, signal)).status;
    },
    spec: async () => (await admin.get(httpRoutes, ref))?.spec ?? {},
    write: async (spec) => {
      await admin.patch(httpRoutes, ref, { spec });
      await settled();
    },
  };
}

function plannedIn(namespace: string, holder: GatewayGround['holder']): PlannedRouteRef<'gateway'> {
  return {
    id: 'web',
    with: 'gateway',
    namespace,
    httpRoute: 'web',
    ...(holder === null ? {} : { heldByCluster: holder.name }),
    blueBackend: { group: '', kind: 'Service', name: 'web-blue', port: 80 },
    greenBackend: { group: '', kind: 'Service', name: 'web-green', port: 80 },
    blueTargetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn,
    greenTargetGroupArn: SHOP_FRONT_DOOR.greenTargetGroupArn,
    access: ACCESS,
    hub: ACCESS,
    blue: BLUE_CLUSTER,
  };
}

async function seedBackend(
  admin: AdminClient,
  namespace: string,
  name: string,
  pod: string | null,
): Promise<void> {
  const [address = '', podPort] = pod?.split(':') ?? [];
  await admin.apply(services, {
    metadata: { name, namespace },
    spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }] },
  });
  if (pod === null) return;
  await admin.apply(endpointSlices, {
    metadata: {
      name: `${name}-1`,
      namespace,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'http', port: Number(podPort), protocol: 'TCP' }],
  });
}

export const BLUE_REF = { group: '', kind: 'Service', name: 'web-blue', port: 80, weight: 1 };
export const GREEN_REF = { ...BLUE_REF, name: 'web-green' };
export const LEGACY_REF = { ...BLUE_REF, name: 'legacy', weight: 0 };

/** Everything that a rule may have and a router must leave alone. */
const API_RULE = {
  matches: [
    {
      path: { type: 'PathPrefix', value: '/api' },
      headers: [{ type: 'Exact', name: 'x-version', value: '2' }],
    },
    { path: { type: 'Exact', value: '/v2' }, method: 'GET' },
  ],
  filters: [
    {
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { set: [{ name: 'x-from', value: 'gateway' }] },
    },
  ],
  timeouts: { request: '10s' },
  backendRefs: [LEGACY_REF, BLUE_REF],
};
export const SHOP_RULE = {
  matches: [{ path: { type: 'PathPrefix', value: '/' } }],
  backendRefs: [BLUE_REF],
};
/** Sends nobody to a backend. */
const OLD_RULE = {
  matches: [{ path: { type: 'Exact', value: '/old' } }],
  filters: [
    {
      type: 'RequestRedirect',
      requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/' }, statusCode: 302 },
    },
  ],
};

/** The route with its names resolved, as later phases have it. */
export async function resolvedGatewayRoute({
  router,
  planned,
}: GatewayStage): Promise<RouteRef<GatewayPlace> & PlannedRouteRef<'gateway'>> {
  const { place } = await router.describe(planned, signal);
  return { ...planned, ...place };
}

export async function gatewayRouterUnderTest(
  ground: GatewayGround,
): Promise<RouterUnderTest<GatewayPlace>> {
  const stage = await gatewayStage(ground);
  const route = await resolvedGatewayRoute(stage);
  return {
    router: calm(stage),
    route,
    missing: { ...route, httpRoute: 'nowhere' },
    calls: {
      send: async (call, access, abort) => {
        const answer = await stage.calls.send(call, access, abort);
        await stage.settled();
        return answer;
      },
    },
    rule: async () => JSON.stringify(await stage.spec()),
    stick: async (seconds) =>
      stage.write({
        rules: [{ ...SHOP_RULE, sessionPersistence: { absoluteTimeout: `${seconds}s` } }],
      }),
    foreignEdit: async () =>
      stage.write({
        rules: [
          API_RULE,
          { ...SHOP_RULE, backendRefs: [GREEN_REF, { ...LEGACY_REF, weight: 1 }] },
          OLD_RULE,
        ],
      }),
    nowMs: () => Date.now(),
    stop: async () => undefined,
  };
}

/** The router at the pace of a migration: after each write the controller has had its turn. */
function calm({ router, settled }: GatewayStage): TrafficRouter<GatewayPlace> {
  const after = async (write: Promise<void>): Promise<void> => {
    await write;
    await settled();
  };
  return {
    ...router,
    attach: async (...args) => after(router.attach(...args)),
    detach: async (...args) => after(router.detach(...args)),
    setGreenPercent: async (...args) => after(router.setGreenPercent(...args)),
    sendAllToBlue: async (...args) => after(router.sendAllToBlue(...args)),
    removeBlue: async (...args) => after(router.removeBlue(...args)),
  };
}

/** A router like the others, but somebody does something between its first read and its write. */
export function meddledRouter(
  { aws, kubernetes }: GatewayGround,
  meddle: () => Promise<void>,
): TrafficRouter<GatewayPlace> {
  let isDone = false;
  const connect: KubernetesClusters['connect'] = async (...args) => {
    const cluster = await kubernetes.connect(...args);
    return {
      list: async (...call) => cluster.list(...call),
      get: async (...call) => cluster.get(...call),
      apply: async (...call) => cluster.apply(...call),
      delete: async (...call) => cluster.delete(...call),
      askedDeprecatedApis: async (...call) => cluster.askedDeprecatedApis(...call),
      isReady: async (...call) => cluster.isReady(...call),
      merge: async (...call) => {
        if (!isDone) {
          isDone = true;
          await meddle();
        }
        await cluster.merge(...call);
      },
    };
  };
  return createGatewayRouter({ clients: aws.clients, kubernetes: { connect }, clock: REAL_CLOCK });
}

export async function gatewayDoorUnderTest(
  ground: GatewayGround,
): Promise<DoorUnderTest<GatewayPlace>> {
  const stage = await gatewayStage(ground);
  const route = await resolvedGatewayRoute(stage);
  const { before } = await stage.router.describe(stage.planned, signal);
  await stage.router.attach(route, before, signal);
  await stage.settled();
  return {
    door: stage.door,
    route,
    ask: async (headers) => {
      const status = await stage.ask('/', headers);
      return status === 201 ? 'green' : status === 200 ? 'blue' : 'nobody';
    },
    rules: async () => {
      const { items } = await ground.admin.list(httpRoutes, { namespace: route.namespace });
      const known = items.map(({ metadata, spec }) => ({ name: metadata.name, spec }));
      return JSON.stringify(known.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
    },
    stop: async () => undefined,
  };
}

/**
 * A stand-in for a controller of the Gateway API in one cluster, because no real one can be had here. It brings the definitions and a
 * class, opens the listeners of that class's Gateways on the sandbox's data plane, draws every request by the weights of HTTPRoutes
 * over the ready addresses behind Services, and says in their status what it has taken in. Like real ones it follows after a
 * moment of its own, seeded, and its nodes after another one. Not played: filters (taken, and without effect), TLS,
 * ReferenceGrants, kinds of backends other than Service. Invariant: a generation is said to be observed only after its table was pushed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import { drawDelayMs, seededRandom, type DelayRange } from '#sandbox/data-plane/seeded-random.ts';
import type { TargetGroupSettings } from '#sandbox/data-plane/target-group-settings.ts';
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { ObjectCache } from '#sandbox/load-balancer-controller/object-cache.ts';
import {
  endpointSlices,
  services,
  type PodTarget,
} from '#sandbox/load-balancer-controller/service-endpoints.ts';
import { WorkQueue } from '#sandbox/load-balancer-controller/work-queue.ts';
import { resolveBackend } from './backends.ts';
import { gateways, generationOf, httpRoutes, type Gateway } from './gateway-objects.ts';
import { GATEWAY_CLASS, installDefinitions } from './install-definitions.ts';
import { parentsOf } from './route-status.ts';
import { gatewayId, listenerId, routingOf, targetGroupId } from './routing-of-gateway.ts';

export interface GatewayControllerOptions {
  /** Stays the caller's. */
  readonly client: AdminClient;
  /** Stays the caller's. */
  readonly dataPlane: DataPlane;
  /** @default 1 */
  readonly seed?: number;
  /** How long it takes to follow a change. @default 100–1000 ms */
  readonly pace?: DelayRange;
}

export interface GatewayController {
  /** Why the last round failed; null when it did not. */
  failure(): string | null;
  /** Has it done everything that it has been told of? */
  idle(): boolean;
  /** Stops following. What is served stays served, as it does when a real controller is stopped. */
  stop(): Promise<void>;
}

const DEFAULT_PACE: DelayRange = { minMs: 100, maxMs: 1_000 };
const EVERYTHING = 'everything';

/** Returns once the definitions are served and everything has been listed once. @throws WaitTimeoutError */
export async function startGatewayController(
  options: GatewayControllerOptions,
): Promise<GatewayController> {
  const { client, dataPlane, seed = 1, pace = DEFAULT_PACE } = options;
  await installDefinitions(client);
  const random = seededRandom(seed, 'gateway controller');
  const gatewayCache = new ObjectCache(gateways);
  const routeCache = new ObjectCache(httpRoutes);
  const serviceCache = new ObjectCache(services);
  const sliceCache = new ObjectCache(endpointSlices);
  const view = {
    service: (namespace: string, name: string) => serviceCache.get(namespace, name),
    slices: () => sliceCache.all(),
  };
  const stop = new AbortController();
  const pushed = new Map<string, string>();
  const open = new Set<string>();

  const reconcile = async (): Promise<void> => {
    await delay(drawDelayMs(random, pace), undefined, { signal: stop.signal }).catch(
      () => undefined,
    );
    if (stop.signal.aborted) return;
    const mine = gatewayCache.all().filter(({ spec }) => spec.gatewayClassName === GATEWAY_CLASS);
    const routes = routeCache.all();
    keepTargets(
      routes.flatMap(({ spec, metadata }) =>
        spec.rules.flatMap(({ backendRefs }) =>
          backendRefs.map((ref) => resolveBackend(ref, metadata.namespace ?? '', view)),
        ),
      ),
    );
    for (const gateway of mine) {
      await openListeners(gateway);
      const table = routingOf(gateway, routes, view);
      const text = JSON.stringify(table);
      if (pushed.get(gatewayId(gateway)) !== text) dataPlane.pushRouting(table);
      pushed.set(gatewayId(gateway), text);
    }
    const now = new Date().toISOString();
    for (const route of routes) {
      const parents = parentsOf(route, mine, view, now);
      if (parents === route.status?.parents || parents.length === 0) continue;
      const { name, namespace } = route.metadata;
      await client.patch(httpRoutes, { name, namespace }, { status: { parents } }, STATUS);
    }
  };

  /** Target groups hold what Services have ready; readiness is the cluster's own word, nothing is probed here. */
  function keepTargets(backends: readonly ReturnType<typeof resolveBackend>[]): void {
    for (const backend of backends) {
      if (backend.kind !== 'found') continue;
      const id = targetGroupId(backend.id);
      if (dataPlane.targetGroup(id) === undefined) dataPlane.configureTargetGroup(unprobed(id));
      const group = dataPlane.targetGroup(id);
      const registered = (group?.describe() ?? [])
        .filter(({ health }) => health.state !== 'draining')
        .map(({ address }) => address);
      for (const target of without(backend.targets, registered)) group?.register(target);
      for (const target of without(registered, backend.targets)) group?.deregister(target);
    }
  }

  async function openListeners(gateway: Gateway): Promise<void> {
    for (const { name, port } of gateway.spec.listeners) {
      const id = listenerId(gateway, name);
      if (open.has(id)) continue;
      await dataPlane.openListener(gatewayId(gateway), id, port);
      open.add(id);
    }
    if (gateway.status?.['addresses'] !== undefined) return;
    const observedGeneration = generationOf(gateway);
    const lastTransitionTime = new Date().toISOString();
    const conditions = ['Accepted', 'Programmed'].map((type) => ({
      type,
      status: 'True',
      reason: type,
      message: '',
      observedGeneration,
      lastTransitionTime,
    }));
    const status = { addresses: [{ type: 'IPAddress', value: '127.0.0.1' }], conditions };
    const { name, namespace } = gateway.metadata;
    await client.patch(gateways, { name, namespace }, { status }, STATUS);
  }

  const queue = new WorkQueue(reconcile);
  const caches = [gatewayCache, routeCache, serviceCache, sliceCache] as const;
  const wake = (): void => queue.add(EVERYTHING);
  const follows = [
    gatewayCache.follow(client, stop.signal, wake),
    routeCache.follow(client, stop.signal, wake),
    serviceCache.follow(client, stop.signal, wake),
    sliceCache.follow(client, stop.signal, wake),
  ];
  const ended = Promise.all(follows);
  // Reported by the race below, or by the caller who finds that nothing is followed.
  ended.catch(() => undefined);
  await Promise.race([Promise.all(caches.map((cache) => cache.synced)), ended]);
  queue.start();

  return {
    failure: () => queue.failures()[EVERYTHING] ?? null,
    idle: () => queue.idle,
    stop: async () => {
      stop.abort();
      await Promise.allSettled(follows);
      await queue.stop();
    },
  };
}

const STATUS = { subresource: 'status' } as const;

function unprobed(targetGroupArn: string): TargetGroupSettings {
  return {
    targetGroupArn,
    deregistrationDelaySeconds: 0,
    healthCheck: {
      enabled: false,
      protocol: 'HTTP',
      path: '/',
      intervalSeconds: 5,
      timeoutSeconds: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
    },
  };
}

function without(
  targets: readonly PodTarget[],
  others: readonly PodTarget[],
): readonly PodTarget[] {
  return targets.filter(
    ({ address, port }) => !others.some((one) => one.address === address && one.port === port),
  );
}

import { CutoverFailure } from '#domain/failures.ts';
import type { Fields } from '#domain/json/json-fields.ts';
import { nameOfPlace, type GatewayPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { KubernetesCluster, KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { RouteRef } from '#activities/ports/traffic-router.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { backendText } from './backend-refs.ts';
import { HTTP_ROUTES } from './gateway-kinds.ts';
import { rulesOf } from './http-route-rules.ts';

/**
 * The HTTPRoute of a route, read and written on the cluster that holds it. Every write is conditional on the version read, so
 * two writers never undo each other unseen, and a forward write that comes late is refused by the API server once a rollback
 * has written (I6).
 */
export type GatewayRoute = RouteRef<GatewayPlace>;

export type HttpRouteName = Pick<
  GatewayPlace,
  'with' | 'namespace' | 'httpRoute' | 'blueBackend' | 'greenBackend'
> & { readonly id: string };

export interface GatewayParts {
  readonly clients: AwsClients;
  readonly kubernetes: KubernetesClusters;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
}

/** Everything at the API server while weights are written, in milliseconds: as long as an AWS call may take (DESIGN section 6). */
const WRITE_WITHIN_MS = 3_000;
/** How often a write is done again because somebody changed another part of the HTTPRoute meanwhile. */
const WRITE_ATTEMPTS = 5;

export function connectHolder(
  { kubernetes }: Pick<GatewayParts, 'kubernetes'>,
  route: GatewayRoute,
  signal: AbortSignal,
): Promise<KubernetesCluster> {
  const { heldBy, blue, hub, access } = route;
  return heldBy === undefined
    ? kubernetes.connect(blue, blue, signal)
    : kubernetes.connect({ access: hub ?? access, name: heldBy.name }, heldBy, signal);
}

/** Fails `not-found`. */
export async function getHttpRoute(
  cluster: KubernetesCluster,
  route: Pick<HttpRouteName, 'with' | 'namespace' | 'httpRoute'>,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const object = await cluster.get(HTTP_ROUTES, route.namespace, route.httpRoute, signal);
  if (object !== null) return object;
  throw new CutoverFailure('not-found', 'its cluster has no such HTTPRoute', {
    resource: nameOfPlace(route),
  });
}

/**
 * Reads the HTTPRoute, gives it other rules and writes it, again where somebody was faster: `rulesFor` then sees what they left.
 * Nothing is written where the rules are so already.
 * @param rulesFor all rules; throws what refuses the write
 */
export async function changeRules(
  cluster: KubernetesCluster,
  route: HttpRouteName,
  rulesFor: (object: KubernetesObject) => readonly Fields[],
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const object = await getHttpRoute(cluster, route, signal);
    const rules = rulesFor(object);
    if (JSON.stringify(rules) === JSON.stringify(rulesOf(object))) return;
    const { resourceVersion } = object.metadata;
    const patch = { metadata: { resourceVersion }, spec: { rules } };
    try {
      await cluster.merge(HTTP_ROUTES, route.namespace, route.httpRoute, patch, signal);
      return;
    } catch (cause) {
      const isConflict = cause instanceof CutoverFailure && cause.type === 'conflict';
      if (!isConflict || attempt === WRITE_ATTEMPTS) throw cause;
    }
  }
}

/** The signal, or the end of what an API server is given while weights are written. */
export function writeSignal(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(WRITE_WITHIN_MS)]);
}

/** What is wrong, and what the plan needs. */
export function httpRouteShape(route: HttpRouteName, what: string): CutoverFailure {
  return new CutoverFailure(
    'unexpected-shape',
    `the HTTPRoute is not as route ${route.id} needs it: ${what}; expected are rules that send to ` +
      `${backendText(route.blueBackend)} alone, or to it and ${backendText(route.greenBackend)}`,
    { resource: nameOfPlace(route) },
  );
}

import { createHash } from 'node:crypto';
import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { nameOfPlace, type GatewayPlace } from '#domain/traffic/route-place.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { colourOf } from './backend-refs.ts';
import { HTTP_ROUTES } from './gateway-kinds.ts';
import { intakeOf } from './http-route-parents.ts';
import {
  connectHolder,
  getHttpRoute,
  httpRouteShape,
  type GatewayParts,
  type GatewayRoute,
} from './http-route-object.ts';
import { ourRules, type OurRule } from './http-route-rules.ts';

/**
 * A temporary way to green: an HTTPRoute of our own beside the planned one, with its hostnames and matches and the secret header
 * besides, that sends to green alone. Of two rules that match, a Gateway takes the one with more headers. Opening waits until it is
 * served, because before that the secret leads to blue, and a test of blue would pass for green. Source: Gateway API,
 * `HTTPRouteRule.matches` (precedence; 16 headers in a match).
 */
/** A controller follows within seconds; a busy one, with many routes, takes longer. Milliseconds. */
const OPEN_WITHIN_MS = 60_000;
const LOOK_PAUSE_MS = 500;
const MOST_HEADERS = 16;

interface DoorHeader {
  readonly name: string;
  readonly value: string;
}

export function createGatewaySmokeDoor(parts: GatewayParts): SmokeDoor<GatewayPlace> {
  return {
    open: (route, header, tags, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const cluster = await connectHolder(parts, route, signal);
        const planned = await getHttpRoute(cluster, route, signal);
        const door = doorBeside(planned, route, { name: doorName(route, tags), header, tags });
        await cluster.apply(HTTP_ROUTES, door, signal);
        await awaitServed(parts, cluster, route, door.metadata.name, signal);
        return { host: hostOf(planned) };
      }),

    close: (route, tags, signal) =>
      asFailure(nameOfPlace(route), signal, async () => {
        const cluster = await connectHolder(parts, route, signal);
        await cluster.delete(HTTP_ROUTES, route.namespace, doorName(route, tags), signal);
      }),
  };
}

/** Tells doors of other migrations and routes from ours. */
function doorName(route: GatewayRoute, tags: Readonly<Record<string, string>>): string {
  const entries = Object.entries(tags).toSorted(([a], [b]) => a.localeCompare(b));
  const text = JSON.stringify([entries, route.id]);
  return `cutover-smoke-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

function doorBeside(
  planned: KubernetesObject,
  route: GatewayRoute,
  door: {
    readonly name: string;
    readonly header: DoorHeader;
    readonly tags: Readonly<Record<string, string>>;
  },
): KubernetesObject {
  const { parentRefs, hostnames } = fieldsOf(planned['spec']);
  const rules = ourRules(planned, route).map((rule) => doorRule(rule, route, door.header));
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: door.name, namespace: route.namespace, annotations: door.tags },
    spec: { parentRefs, ...(hostnames === undefined ? {} : { hostnames }), rules },
  };
}

/** Filters and timeouts are the planned rule's: green must answer under them, too. */
function doorRule({ rule, refs }: OurRule, route: GatewayRoute, header: DoorHeader): Fields {
  const green = refs.find((ref) => colourOf(ref, route) === 'green');
  if (green === undefined) throw httpRouteShape(route, 'green is not on one of its rules');
  const { name: _, matches, ...rest } = rule;
  // Without matches a rule matches every request.
  const list: readonly unknown[] = Array.isArray(matches) && matches.length > 0 ? matches : [{}];
  const withHeader = list.map((one) => {
    const match = fieldsOf(one);
    const headers: readonly unknown[] = Array.isArray(match['headers']) ? match['headers'] : [];
    if (headers.length >= MOST_HEADERS)
      throw httpRouteShape(
        route,
        `a match of it has ${headers.length} headers and leaves no room for the smoke test's`,
      );
    return { ...match, headers: [...headers, { type: 'Exact', ...header }] };
  });
  return { ...rest, matches: withHeader, backendRefs: [{ ...green, weight: 1 }] };
}

async function awaitServed(
  { clock }: GatewayParts,
  cluster: KubernetesCluster,
  route: GatewayRoute,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock.nowMs() + OPEN_WITHIN_MS;
  for (;;) {
    const door = await getHttpRoute(cluster, { ...route, httpRoute: name }, signal);
    const intake = intakeOf(door);
    if (intake.kind === 'taken-in') return;
    if (intake.kind !== 'pending') throw httpRouteShape(route, `its smoke door: ${intake.why}`);
    if (clock.nowMs() > untilMs)
      throw new CutoverFailure(
        'unavailable',
        `the smoke door ${route.namespace}/${name} is not served within ${OPEN_WITHIN_MS / 1000} s: ${intake.why}; look at the logs of the Gateway's controller`,
        { resource: nameOfPlace(route) },
      );
    await clock.sleep(LOOK_PAUSE_MS, signal);
  }
}

/** A host that the planned rules match; null where they ask for none. */
function hostOf(planned: KubernetesObject): string | null {
  const { hostnames } = fieldsOf(planned['spec']);
  const [first]: readonly unknown[] = Array.isArray(hostnames) ? hostnames : [];
  // A wildcard stands for any name; one is as good as the other.
  return typeof first === 'string' ? first.replace(/^\*\./u, 'smoke.') : null;
}

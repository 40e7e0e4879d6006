/**
 * The routing table of one Gateway: every match of every rule of its HTTPRoutes, in the order in which a request meets them. Pure.
 * A backend that is not found stays in the draw: its share of requests gets an error, as the Gateway API wants it. Filters are
 * taken and do nothing.
 */
import type {
  ListenerRouting,
  RoutingRule,
  RoutingTable,
} from '#sandbox/data-plane/routing-table.ts';
import { resolveBackend, type ClusterView } from './backends.ts';
import type {
  Gateway,
  HttpRoute,
  HttpRouteMatch,
  HttpRouteRule,
  ParentRef,
} from './gateway-objects.ts';
import { byPrecedence, conditionsOf } from './match-conditions.ts';

const IDLE_TIMEOUT_MS = 60_000;
const EVERYTHING: HttpRouteMatch = {
  path: { type: 'PathPrefix', value: '/' },
  headers: [],
  queryParams: [],
};

/** The listener as the data plane knows it. */
export function listenerId({ metadata }: Gateway, listener: string): string {
  return `gateway/${metadata.namespace ?? ''}/${metadata.name}/${listener}`;
}

export function gatewayId({ metadata }: Gateway): string {
  return `gateway/${metadata.namespace ?? ''}/${metadata.name}`;
}

export function targetGroupId(backend: string): string {
  return `backend/${backend}`;
}

export function routingOf(
  gateway: Gateway,
  routes: readonly HttpRoute[],
  view: ClusterView,
): RoutingTable {
  const listeners = gateway.spec.listeners.map(({ name, port }): ListenerRouting => {
    const attached = routes.filter(({ spec, metadata }) =>
      spec.parentRefs.some(
        (ref) => isParent(ref, metadata.namespace, gateway) && takes(ref, { name, port }),
      ),
    );
    return { listenerArn: listenerId(gateway, name), rules: rulesOf(attached, view) };
  });
  return { loadBalancerArn: gatewayId(gateway), idleTimeoutMs: IDLE_TIMEOUT_MS, listeners };
}

export function isParent(
  ref: ParentRef,
  ownNamespace: string | undefined,
  { metadata }: Gateway,
): boolean {
  const namespace = ref.namespace ?? ownNamespace;
  return ref.kind === 'Gateway' && ref.name === metadata.name && namespace === metadata.namespace;
}

function takes(
  ref: ParentRef,
  listener: { readonly name: string; readonly port: number },
): boolean {
  return (
    (ref.sectionName ?? listener.name) === listener.name &&
    (ref.port ?? listener.port) === listener.port
  );
}

function rulesOf(routes: readonly HttpRoute[], view: ClusterView): readonly RoutingRule[] {
  const oldestFirst = routes.toSorted((one, other) => ageOf(one).localeCompare(ageOf(other)));
  const all = oldestFirst.flatMap((route) =>
    route.spec.rules.flatMap((rule, index) => {
      const matches = rule.matches.length === 0 ? [EVERYTHING] : rule.matches;
      return matches.map((match) => ({ route, rule, index, match }));
    }),
  );
  const rules = all
    .toSorted((one, other) => byPrecedence(one.match, other.match))
    .map(({ route, rule, index, match }): RoutingRule => {
      const { name, namespace = '' } = route.metadata;
      return {
        ruleArn: `httproute/${namespace}/${name}/${index}`,
        conditions: conditionsOf(match, route.spec.hostnames),
        action: { kind: 'forward', targetGroups: groupsOf(rule, namespace, view) },
      };
    });
  return [...rules, NOT_FOUND];
}

const NOT_FOUND: RoutingRule = {
  ruleArn: 'nothing matches',
  conditions: [],
  action: { kind: 'fixed-response', statusCode: 404, contentType: 'text/plain', body: '' },
};

function groupsOf(rule: HttpRouteRule, namespace: string, view: ClusterView) {
  return rule.backendRefs.map((ref) => {
    const backend = resolveBackend(ref, namespace, view);
    const id = backend.kind === 'found' ? backend.id : 'not found';
    return { targetGroupArn: targetGroupId(id), weight: ref.weight };
  });
}

function ageOf({ metadata }: HttpRoute): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * What the stand-in says of an HTTPRoute: one entry for each parent that is a Gateway of its class, with the generation that it has
 * taken in; entries of other controllers stay. Pure. Source: Gateway API, `RouteParentStatus`.
 */
import { resolveBackend, type ClusterView } from './backends.ts';
import { generationOf, type Gateway, type HttpRoute } from './gateway-objects.ts';
import { CONTROLLER_NAME } from './install-definitions.ts';
import { isPlayed } from './match-conditions.ts';
import { isParent } from './routing-of-gateway.ts';

type Parents = NonNullable<HttpRoute['status']>['parents'];

/** All parents' entries; the same as before where there is nothing new to say. */
export function parentsOf(
  route: HttpRoute,
  gateways: readonly Gateway[],
  view: ClusterView,
  now: string,
): Parents {
  const before = route.status?.parents ?? [];
  const others = before.filter(({ controllerName }) => controllerName !== CONTROLLER_NAME);
  const { namespace } = route.metadata;
  const own = route.spec.parentRefs
    .filter((ref) => gateways.some((gateway) => isParent(ref, namespace, gateway)))
    .map((parentRef) => ({
      parentRef,
      controllerName: CONTROLLER_NAME,
      conditions: conditionsOf(route, view, now),
    }));
  const after = [...others, ...own];
  return isSame(before, after) ? before : after;
}

function conditionsOf(route: HttpRoute, view: ClusterView, now: string) {
  const { rules } = route.spec;
  const unplayed = rules.some(({ matches }) => !matches.every(isPlayed));
  const [unresolved] = rules.flatMap(({ backendRefs }) =>
    backendRefs.flatMap((ref) => {
      const backend = resolveBackend(ref, route.metadata.namespace ?? '', view);
      return backend.kind === 'unresolved' ? [backend] : [];
    }),
  );
  const base = { observedGeneration: generationOf(route), lastTransitionTime: now };
  return [
    unplayed
      ? condition(base, 'Accepted', 'UnsupportedValue', 'no regular expressions here')
      : condition(base, 'Accepted', 'Accepted'),
    unresolved === undefined
      ? condition(base, 'ResolvedRefs', 'ResolvedRefs')
      : condition(base, 'ResolvedRefs', unresolved.reason, unresolved.message),
  ];
}

/** A condition holds where its reason is its own name. */
function condition(
  base: { readonly observedGeneration: number; readonly lastTransitionTime: string },
  type: string,
  reason: string,
  message = '',
) {
  return { type, status: reason === type ? 'True' : 'False', reason, message, ...base };
}

/** Times apart, and keys in any order. */
function isSame(one: Parents, other: Parents): boolean {
  return textOf(one) === textOf(other);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'lastTransitionTime') return undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

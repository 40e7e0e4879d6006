/**
 * The backends of HTTPRoutes: Services of the route's own namespace, and the ready addresses behind them. Pure; called by
 * gateway-reconciler.ts. Not played: other kinds, and other namespaces, which the real ones allow by a ReferenceGrant.
 */
import {
  readyTargets,
  type EndpointSlice,
  type PodTarget,
  type Service,
} from '#sandbox/load-balancer-controller/service-endpoints.ts';
import type { BackendRef } from './gateway-objects.ts';

export interface ClusterView {
  service(namespace: string, name: string): Service | undefined;
  slices(): readonly EndpointSlice[];
}

export type ResolvedBackend =
  | { readonly kind: 'found'; readonly id: string; readonly targets: readonly PodTarget[] }
  /** As the condition ResolvedRefs says it. */
  | { readonly kind: 'unresolved'; readonly reason: string; readonly message: string };

export function resolveBackend(
  ref: BackendRef,
  namespace: string,
  view: ClusterView,
): ResolvedBackend {
  const unresolved = (reason: string, why: string): ResolvedBackend => ({
    kind: 'unresolved',
    reason,
    message: `backendRef ${ref.kind} ${ref.name}: ${why}`,
  });
  if (ref.kind !== 'Service' || ref.group !== '')
    return unresolved('InvalidKind', 'only Services are backends here');
  if (ref.namespace !== undefined && ref.namespace !== namespace)
    return unresolved('RefNotPermitted', `no ReferenceGrant in ${ref.namespace} allows it`);
  const service = view.service(namespace, ref.name);
  const targets =
    service === undefined ? undefined : readyTargets(service, view.slices(), ref.port ?? 0);
  if (targets === undefined)
    return unresolved('BackendNotFound', `no such Service, or no port ${String(ref.port)} of it`);
  return { kind: 'found', id: `${namespace}/${ref.name}:${String(ref.port)}`, targets };
}

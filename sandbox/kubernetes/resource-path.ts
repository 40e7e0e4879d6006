/** Where the API server serves a resource: the one place that spells paths and list queries. */
import type { KubernetesObject, Resource } from './kubernetes-object.ts';

export interface ObjectRef {
  readonly name: string;
  /** Needed for namespaced resources, not allowed for others. */
  readonly namespace?: string | undefined;
}

/** Which objects a list or watch covers; everything in all namespaces when empty. */
export interface ListScope {
  readonly namespace?: string;
  /** Such as `app=web,tier!=db`. */
  readonly labelSelector?: string;
  /** Such as `spec.nodeName=node-1`. */
  readonly fieldSelector?: string;
}

export function collectionPath(
  resource: Resource<KubernetesObject>,
  namespace: string | undefined,
): string {
  const { apiVersion, plural, namespaced } = resource;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  if (!namespaced || namespace === undefined) return `${root}/${plural}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** @throws TypeError when a namespaced object is named without its namespace. */
export function objectPath(resource: Resource<KubernetesObject>, ref: ObjectRef): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new TypeError(`${resource.kind} ${ref.name} needs a namespace`);
  }
  return `${collectionPath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

export function listPath(
  resource: Resource<KubernetesObject>,
  scope: ListScope,
  extra: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(extra);
  if (scope.labelSelector !== undefined) query.set('labelSelector', scope.labelSelector);
  if (scope.fieldSelector !== undefined) query.set('fieldSelector', scope.fieldSelector);
  const path = collectionPath(resource, scope.namespace);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

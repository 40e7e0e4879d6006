import type { AdminClient, ObjectToWrite } from '#sandbox/kubernetes/admin-client.ts';
import { KubernetesApiError } from '#sandbox/kubernetes/kubernetes-api-error.ts';
import type {
  KubernetesObject as SandboxObject,
  Resource,
} from '#sandbox/kubernetes/kubernetes-object.ts';
import type { ListScope, ObjectRef } from '#sandbox/kubernetes/resource-path.ts';
import type { WatchEvent } from '#sandbox/kubernetes/watch-objects.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';

/**
 * The sandbox's admin client over an API server in memory, so that the load balancer controller's stand-in can run on it in
 * the test's own process. A watch lists anew after each change of its kind; finalizers keep an object as they do on a real
 * server. What the stand-in never asks for is refused.
 */
export function fakeAdminClient(cluster: FakeKubernetes): AdminClient {
  const watchers = new Set<() => void>();
  const before = cluster.onChange;
  cluster.onChange = () => {
    before();
    for (const wake of watchers) wake();
  };

  function list<T extends SandboxObject>(resource: Resource<T>, scope: ListScope = {}): T[] {
    return cluster
      .all(resource.plural)
      .filter(({ metadata }) => (scope.namespace ?? metadata.namespace) === metadata.namespace)
      .map((object) => resource.parse(object));
  }

  function found<T extends SandboxObject>(resource: Resource<T>, ref: ObjectRef): T {
    const object = find(cluster, resource, ref);
    if (object !== undefined) return resource.parse(object);
    throw refusal(404, 'NotFound', ref);
  }

  /** What has no finalizer left and was to be deleted goes. */
  function sweep(resource: Resource<SandboxObject>, ref: ObjectRef): void {
    const metadata = find(cluster, resource, ref)?.metadata;
    const finalizers = metadata?.['finalizers'];
    const isKept = Array.isArray(finalizers) && finalizers.length > 0;
    if (metadata?.['deletionTimestamp'] !== undefined && !isKept)
      cluster.remove(resource.plural, ref.namespace ?? '', ref.name);
  }

  return {
    list: async (resource, scope) => ({ items: list(resource, scope), resourceVersion: '' }),
    get: async (resource, ref) => {
      const object = find(cluster, resource, ref);
      return object === undefined ? undefined : resource.parse(object);
    },
    create: async (resource, object) => {
      cluster.seed(resource.plural, typed(resource, object));
      return found(resource, object.metadata);
    },
    apply: async (resource, object) => {
      await cluster.apply(resource, typed(resource, object));
      return found(resource, object.metadata);
    },
    patch: async (resource, ref, patch) => {
      try {
        await cluster.merge(resource, ref.namespace ?? null, ref.name, fieldsOf(patch));
      } catch (cause) {
        if (cause instanceof CutoverFailure && cause.type === 'conflict')
          throw refusal(409, 'Conflict', ref);
        throw cause;
      }
      const patched = found(resource, ref);
      sweep(resource, ref);
      return patched;
    },
    delete: async (resource, ref) => {
      if (find(cluster, resource, ref) === undefined) return false;
      const deletionTimestamp = new Date().toISOString();
      const namespace = ref.namespace ?? null;
      await cluster.merge(resource, namespace, ref.name, { metadata: { deletionTimestamp } });
      sweep(resource, ref);
      return true;
    },
    watch: (resource, scope, signal) => watch(() => list(resource, scope), { watchers, signal }),
    raw: () => Promise.reject(new Error('nothing else is asked of this server')),
    close: () => Promise.resolve(),
  };
}

async function* watch<T extends SandboxObject>(
  list: () => readonly T[],
  { watchers, signal }: { readonly watchers: Set<() => void>; readonly signal: AbortSignal },
): AsyncGenerator<WatchEvent<T>> {
  let told: string | undefined;
  let wake = Promise.withResolvers<void>();
  const onChange = (): void => wake.resolve();
  watchers.add(onChange);
  signal.addEventListener('abort', onChange);
  while (!signal.aborted) {
    wake = Promise.withResolvers();
    const objects = list();
    const text = JSON.stringify(objects);
    if (text === told) await wake.promise;
    else yield { kind: 'snapshot', objects };
    told = text;
  }
  watchers.delete(onChange);
}

function find(
  cluster: FakeKubernetes,
  { plural }: Resource<SandboxObject>,
  { name, namespace }: ObjectRef,
): KubernetesObject | undefined {
  return cluster
    .all(plural)
    .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

function typed({ apiVersion, kind }: Resource<SandboxObject>, object: ObjectToWrite) {
  const { name, namespace, ...rest } = object.metadata;
  const metadata = { ...rest, name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion, kind, ...object, metadata };
}

function refusal(status: number, reason: string, ref: ObjectRef): KubernetesApiError {
  const { name, namespace = '' } = ref;
  return new KubernetesApiError({
    status,
    reason,
    message: `${namespace}/${name}: ${reason}`,
    method: 'PATCH',
    path: name,
  });
}

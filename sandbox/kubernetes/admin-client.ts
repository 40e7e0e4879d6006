/**
 * The sandbox's own client of one API server: get, list, create, server-side apply, patch, delete and watch, with parsed
 * answers and pooled connections. The load balancer controller's stand-in, the emulator's add-ons and the shop's pod
 * watcher use it with the sandbox's administrator token. The product never does: it has its own adapters and EKS tokens.
 */
import { z } from 'zod';
import { connectToApi, type ApiConnectionOptions, type ApiRequest } from './api-connection.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import type { KubernetesObject, Resource } from './kubernetes-object.ts';
import {
  collectionPath,
  listPath,
  objectPath,
  type ListScope,
  type ObjectRef,
} from './resource-path.ts';
import { watchObjects, type WatchEvent } from './watch-objects.ts';

const FIELD_MANAGER = 'cutover-sandbox';

const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().default('') }),
  items: z.array(z.unknown()).nullish(),
});

/** What is sent: an object by name with any further fields. `apiVersion` and `kind` are filled in from the resource. */
export interface ObjectToWrite {
  readonly metadata: ObjectRef & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

interface ObjectList<T> {
  readonly items: readonly T[];
  /** Where a watch continues from. */
  readonly resourceVersion: string;
}

interface ApplyOptions {
  /** @default cutover-sandbox */
  readonly fieldManager?: string;
  /** Such as `status`. */
  readonly subresource?: string;
}

interface PatchOptions {
  /** @default merge */
  readonly type?: 'merge' | 'strategic' | 'json';
  readonly subresource?: string;
}

interface DeleteOptions {
  /** @default Background */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export interface AdminClient {
  /** Undefined when there is no such object. */
  get<T extends KubernetesObject>(resource: Resource<T>, ref: ObjectRef): Promise<T | undefined>;
  list<T extends KubernetesObject>(
    resource: Resource<T>,
    scope?: ListScope,
  ): Promise<ObjectList<T>>;
  /** @throws KubernetesApiError with status 409 when it exists. */
  create<T extends KubernetesObject>(resource: Resource<T>, object: ObjectToWrite): Promise<T>;
  /** Server-side apply with force: creates or updates, and doing it twice equals doing it once. */
  apply<T extends KubernetesObject>(
    resource: Resource<T>,
    object: ObjectToWrite,
    options?: ApplyOptions,
  ): Promise<T>;
  /** @throws KubernetesApiError with status 404 when there is no such object. */
  patch<T extends KubernetesObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<T>;
  /** False when there was no such object. */
  delete<T extends KubernetesObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    options?: DeleteOptions,
  ): Promise<boolean>;
  /**
   * Starts with a `snapshot` of everything in scope, then goes on with each change. Survives restarts of the API server:
   * after a break it lists again and yields a new `snapshot`. Ends quietly when the signal aborts.
   */
  watch<T extends KubernetesObject>(
    resource: Resource<T>,
    scope: ListScope,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  /** Anything else, such as `GET /version` or a pod's binding. */
  raw(call: ApiRequest): Promise<unknown>;
  /** Closes all sockets; running watches end. */
  close(): Promise<void>;
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

export function createAdminClient(options: ApiConnectionOptions): AdminClient {
  const connection = connectToApi(options);

  async function send<T extends KubernetesObject>(resource: Resource<T>, call: ApiRequest) {
    return resource.parse(await connection.send(call));
  }

  function path(resource: Resource<KubernetesObject>, ref: ObjectRef, subresource?: string) {
    const whole = objectPath(resource, ref);
    return subresource === undefined ? whole : `${whole}/${subresource}`;
  }

  async function list<T extends KubernetesObject>(resource: Resource<T>, scope: ListScope = {}) {
    const answer = listSchema.parse(
      await connection.send({ method: 'GET', path: listPath(resource, scope) }),
    );
    return {
      items: (answer.items ?? []).map((item) => resource.parse(item)),
      resourceVersion: answer.metadata.resourceVersion,
    };
  }

  return {
    list,
    get: (resource, ref) =>
      unlessMissing(send(resource, { method: 'GET', path: path(resource, ref) }), undefined),
    create: (resource, object) =>
      send(resource, {
        method: 'POST',
        path: collectionPath(resource, object.metadata.namespace),
        body: typed(resource, object),
      }),
    apply: (resource, object, { fieldManager = FIELD_MANAGER, subresource } = {}) =>
      send(resource, {
        method: 'PATCH',
        path: `${path(resource, object.metadata, subresource)}?fieldManager=${encodeURIComponent(fieldManager)}&force=true`,
        body: typed(resource, object),
        contentType: 'application/apply-patch+yaml',
      }),
    patch: (resource, ref, patch, { type = 'merge', subresource } = {}) =>
      send(resource, {
        method: 'PATCH',
        path: `${path(resource, ref, subresource)}?fieldManager=${FIELD_MANAGER}`,
        body: patch,
        contentType: PATCH_TYPES[type],
      }),
    delete: (resource, ref, { propagation = 'Background', gracePeriodSeconds } = {}) =>
      unlessMissing(
        connection
          .send({
            method: 'DELETE',
            path: path(resource, ref),
            body: {
              kind: 'DeleteOptions',
              apiVersion: 'v1',
              propagationPolicy: propagation,
              ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
            },
          })
          .then(() => true),
        false,
      ),
    watch: (resource, scope, signal) =>
      watchObjects({ connection, resource, scope, signal, list: () => list(resource, scope) }),
    raw: (call) => connection.send(call),
    close: () => connection.close(),
  };
}

function typed(resource: Resource<KubernetesObject>, object: ObjectToWrite) {
  return { apiVersion: resource.apiVersion, kind: resource.kind, ...object };
}

async function unlessMissing<T, F>(answer: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof KubernetesApiError && cause.status === 404) return fallback;
    throw cause;
  }
}

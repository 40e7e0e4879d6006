/**
 * List, then watch, for as long as the signal lets it: the reader first gets a snapshot, then every change. When the
 * watch breaks it goes on from the last version seen, and lists again (a new snapshot) once the server has forgotten that
 * version or the connection failed, so no change is ever lost. Called by the admin client only.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiConnection } from './api-connection.ts';
import { KubernetesApiError } from './kubernetes-api-error.ts';
import type { KubernetesObject, Resource } from './kubernetes-object.ts';
import { listPath, type ListScope } from './resource-path.ts';

/** Pause after a failed list or watch: an API server that restarts needs about 2 s. */
const RETRY_MS = 250;
/** The server ends each watch after this long; a new one goes on where it stopped. */
const WATCH_SECONDS = '280';

export type WatchEvent<T> =
  | { readonly kind: 'snapshot'; readonly objects: readonly T[] }
  | { readonly kind: 'added' | 'modified' | 'deleted'; readonly object: T };

const frameSchema = z.object({ type: z.string(), object: z.unknown() });
const versionSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

const CHANGES = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function isChange(type: string): type is keyof typeof CHANGES {
  return Object.hasOwn(CHANGES, type);
}

export async function* watchObjects<T extends KubernetesObject>(options: {
  readonly connection: ApiConnection;
  readonly resource: Resource<T>;
  readonly scope: ListScope;
  readonly signal: AbortSignal;
  readonly list: () => Promise<{ items: readonly T[]; resourceVersion: string }>;
}): AsyncGenerator<WatchEvent<T>> {
  const { connection, resource, scope, signal, list } = options;
  let resourceVersion: string | undefined;
  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined) {
        const listed = await list();
        resourceVersion = listed.resourceVersion;
        yield { kind: 'snapshot', objects: listed.items };
      }
      const path = listPath(resource, scope, {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: WATCH_SECONDS,
        resourceVersion,
      });
      for await (const line of connection.stream(path, signal)) {
        const frame = frameSchema.parse(line);
        if (frame.type === 'ERROR') {
          resourceVersion = undefined;
          break;
        }
        resourceVersion = versionSchema.parse(frame.object).metadata.resourceVersion;
        if (isChange(frame.type)) {
          yield { kind: CHANGES[frame.type], object: resource.parse(frame.object) };
        }
      }
    } catch (cause) {
      if (signal.aborted) return;
      if (isMistake(cause)) throw cause;
      resourceVersion = undefined;
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A wrong shape or a wrong token never heals; everything else is a server (or a resource) that will come. */
function isMistake(cause: unknown): boolean {
  return (
    cause instanceof z.ZodError || (cause instanceof KubernetesApiError && cause.status === 401)
  );
}

import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster, ObjectKind } from '#activities/ports/kubernetes.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import type { ApiServer } from './api-server.ts';
import { ASKED_METRIC, parseAskedApi } from './asked-apis.ts';
import { parseObject, parsePage } from './kubernetes-objects.ts';
import { KubernetesStatusError } from './kubernetes-status-error.ts';
import { askAgain } from './ask-again.ts';

/**
 * Objects of one cluster, as plain JSON and with nothing dropped. Whatever is written is written as field manager `cutover`.
 * Sources: Kubernetes documentation, "Server-Side Apply" and "API Concepts" (chunked lists, 410 Expired).
 */

const FIELD_MANAGER = 'cutover';
/** Says YAML, and takes JSON: which is YAML. */
const SERVER_SIDE_APPLY = 'application/apply-patch+yaml';
const MERGE_PATCH = 'application/merge-patch+json';
/** Objects of one page, as kubectl asks for. */
const PAGE_SIZE = 500;
/** How often a list is begun again because its pages expired under us. */
const LIST_ATTEMPTS = 3;

/** @param name as it appears in failures */
export function createObjectApi(server: ApiServer, name: string): KubernetesCluster {
  const listOnce = async (kind: ObjectKind, namespace: string | null, signal: AbortSignal) => {
    const objects: KubernetesObject[] = [];
    let next = '';
    do {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (next !== '') query.set('continue', next);
      const path = `${collectionPath(kind, namespace)}?${query.toString()}`;
      const page = parsePage(
        await askAgain(signal, async () => server.send({ method: 'GET', path }, signal)),
      );
      objects.push(...page.objects);
      next = page.next;
    } while (next !== '');
    return objects;
  };

  return {
    list: (kind, namespace, signal) =>
      asFailure(resourceOf(name, kind, namespace), signal, async () => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await listOnce(kind, namespace, signal);
          } catch (error) {
            if (hasStatus(error, 404)) return [];
            if (!hasStatus(error, 410) || attempt === LIST_ATTEMPTS) throw error;
          }
        }
      }),

    get: (kind, namespace, objectName, signal) =>
      asFailure(resourceOf(name, kind, namespace, objectName), signal, async () => {
        try {
          const path = objectPath(kind, namespace, objectName);
          return parseObject(
            await askAgain(signal, async () => server.send({ method: 'GET', path }, signal)),
          );
        } catch (error) {
          if (hasStatus(error, 404)) return null;
          throw error;
        }
      }),

    apply: (kind, object, signal) => {
      const { namespace = null, name: objectName } = object.metadata;
      return asFailure(resourceOf(name, kind, namespace, objectName), signal, async () => {
        const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, force: 'true' });
        await server.send(
          {
            method: 'PATCH',
            path: `${objectPath(kind, namespace, objectName)}?${query.toString()}`,
            contentType: SERVER_SIDE_APPLY,
            body: object,
          },
          signal,
        );
      });
    },

    merge: (kind, namespace, objectName, patch, signal) =>
      asFailure(resourceOf(name, kind, namespace, objectName), signal, async () => {
        const query = new URLSearchParams({ fieldManager: FIELD_MANAGER });
        await server.send(
          {
            method: 'PATCH',
            path: `${objectPath(kind, namespace, objectName)}?${query.toString()}`,
            contentType: MERGE_PATCH,
            body: patch,
          },
          signal,
        );
      }),

    delete: (kind, namespace, objectName, signal) =>
      asFailure(resourceOf(name, kind, namespace, objectName), signal, async () => {
        try {
          // Without it a Job's pods would stay ("Jobs", Kubernetes documentation).
          const path = `${objectPath(kind, namespace, objectName)}?propagationPolicy=Background`;
          await server.send({ method: 'DELETE', path }, signal);
        } catch (error) {
          if (!hasStatus(error, 404)) throw error;
        }
      }),

    askedDeprecatedApis: (signal) =>
      asFailure(`${name}/metrics`, signal, async () => {
        const lines = await askAgain(signal, async () =>
          server.linesOf('/metrics', ASKED_METRIC, signal),
        );
        return lines.flatMap((line) => parseAskedApi(line) ?? []);
      }),

    isReady: async (signal) => {
      try {
        await server.send({ method: 'GET', path: '/readyz' }, signal);
        // Everybody may ask /readyz; this one only whom the cluster admits.
        await server.send({ method: 'GET', path: '/api/v1/namespaces?limit=1' }, signal);
        return true;
      } catch {
        signal.throwIfAborted();
        return false;
      }
    },
  };
}

function hasStatus(error: unknown, httpStatus: number): boolean {
  return error instanceof KubernetesStatusError && error.httpStatus === httpStatus;
}

function collectionPath({ apiVersion, plural }: ObjectKind, namespace: string | null): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${place}/${plural}`;
}

function objectPath(kind: ObjectKind, namespace: string | null, name: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

function resourceOf(cluster: string, kind: ObjectKind, ...names: (string | null)[]): string {
  return [cluster, kind.plural, ...names.filter((name) => name !== null)].join('/');
}

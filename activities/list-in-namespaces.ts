import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { KubernetesCluster, ObjectKind } from './ports/kubernetes.ts';

/** Every object of a kind in the namespaces that a plan carries over. */
export async function listInNamespaces(
  cluster: KubernetesCluster,
  kind: ObjectKind,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const found = await Promise.all(
    namespaces.map(async (namespace) => cluster.list(kind, namespace, signal)),
  );
  return found.flat();
}

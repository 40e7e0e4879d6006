import { API_SERVICES } from '#activities/kinds.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** Of metrics-server ("Resource metrics pipeline", Kubernetes documentation). */
const METRICS_API = 'v1beta1.metrics.k8s.io';

/** Null where the cluster has no such API. */
export async function metricsApiOf(
  cluster: KubernetesCluster,
  signal: AbortSignal,
): Promise<KubernetesObject | null> {
  return cluster.get(API_SERVICES, null, METRICS_API, signal);
}

export async function servesMetrics(
  cluster: KubernetesCluster,
  signal: AbortSignal,
): Promise<boolean> {
  return (await metricsApiOf(cluster, signal)) !== null;
}

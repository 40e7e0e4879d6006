/**
 * Keeps the pod directory true for one cluster: watches its pods and tells the directory what came, changed and went. Ends
 * when the signal aborts, and then the cluster's pods are gone from the directory, as they are when a cluster is deleted.
 */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { hasCondition, pods } from '#sandbox/kubernetes/resources.ts';
import type { PodDirectory, PodRecord } from './pod-directory.ts';

type Pod = ReturnType<typeof pods.parse>;

export async function watchPods(
  cluster: string,
  client: Pick<AdminClient, 'watch'>,
  directory: PodDirectory,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.watch(pods, {}, signal)) {
      if (event.kind === 'snapshot') {
        directory.replaceCluster(
          cluster,
          event.objects.flatMap((pod) => recordOf(cluster, pod) ?? []),
        );
      } else if (event.kind === 'deleted') {
        directory.remove({ cluster, uid: event.object.metadata.uid });
      } else {
        const record = recordOf(cluster, event.object);
        if (record === undefined) directory.remove({ cluster, uid: event.object.metadata.uid });
        else directory.put(record);
      }
    }
  } finally {
    directory.replaceCluster(cluster, []);
  }
}

/** Undefined for pods that have no address of their own, or none any more. */
function recordOf(cluster: string, pod: Pod): PodRecord | undefined {
  const { podIP, phase } = pod.status;
  const over = phase === 'Succeeded' || phase === 'Failed';
  if (podIP === undefined || over || pod.spec['hostNetwork'] === true) return undefined;
  return {
    cluster,
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    address: podIP,
    ports: pod.spec.containers.flatMap((container) =>
      container.ports.map((port) => port.containerPort),
    ),
    service: pod.metadata.labels['app.kubernetes.io/name'] ?? '',
    image: pod.spec.containers[0]?.image ?? '',
    running: phase === 'Running',
    ready: hasCondition(pod, 'Ready'),
    terminating: pod.metadata.deletionTimestamp !== undefined,
  };
}

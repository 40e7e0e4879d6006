import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** Names of the nodes on which a pod of ours can be: ready, open to everybody, Linux, and no Fargate, whose nodes are pods' own. */
export function probedNodes(nodes: readonly KubernetesObject[]): readonly string[] {
  return nodes.filter(takesPods).map(({ metadata }) => metadata.name);
}

function takesPods({ metadata, ...node }: KubernetesObject): boolean {
  const { unschedulable, taints } = fieldsOf(node['spec']);
  const isTainted = list(taints).some((taint) =>
    ['NoSchedule', 'NoExecute'].includes(String(fieldsOf(taint)['effect'])),
  );
  const isReady = list(fieldsOf(node['status'])['conditions']).some((condition) => {
    const { type, status } = fieldsOf(condition);
    return type === 'Ready' && status === 'True';
  });
  const labels = metadata.labels ?? {};
  return (
    isReady &&
    unschedulable !== true &&
    !isTainted &&
    (labels['kubernetes.io/os'] ?? 'linux') === 'linux' &&
    labels['eks.amazonaws.com/compute-type'] !== 'fargate'
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** The pods that a Deployment has now: as many as it wants, or those that linger after it was scaled down. */
export function podsOf(
  deployment: KubernetesObject,
  lingering: number,
): readonly KubernetesObject[] {
  const spec = fieldsOf(deployment['spec']);
  const labels = fieldsOf(fieldsOf(fieldsOf(spec['template'])['metadata'])['labels']);
  const count = Math.max(Number(spec['replicas'] ?? 1), lingering);
  return Array.from({ length: count }, (_, index): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${deployment.metadata.name}-${index}`,
      namespace: deployment.metadata.namespace ?? '',
      labels: { ...texts(labels), of: nameOf(deployment) },
    },
    spec: { nodeName: `node-${index % 2}` },
    status: { phase: 'Running' },
  }));
}

/** `namespace/name`. */
export function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function texts(labels: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from './workload-copy.ts';

/**
 * What a workload on green still lacks, read off its own status; and whether a definition is served. Pure.
 * Called while green's workloads come up.
 */

/** Why a Deployment is not available yet; null when it is. One that wants no replicas is. */
export function unavailableReason(
  deployment: KubernetesObject,
): { readonly what: string; readonly resource: string } | null {
  const { name, namespace } = deployment.metadata;
  const resource = `${namespace ?? ''}/${name}`;
  const status = fieldsOf(deployment['status']);
  const wanted = countOr(fieldsOf(deployment['spec'])['replicas'], 1);
  const generation = countOr(deployment.metadata['generation'], 0);
  if (countOr(status['observedGeneration'], 0) < generation)
    return { what: 'the Deployment controller has not seen it yet', resource };
  const available = countOr(status['availableReplicas'], 0);
  return available >= wanted
    ? null
    : { what: `${available} of ${wanted} replicas are available`, resource };
}

/** Does the API server serve this CustomResourceDefinition? (condition `Established`) */
export function isEstablished(definition: KubernetesObject): boolean {
  const { conditions } = fieldsOf(definition['status']);
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => {
      const { type, status } = fieldsOf(condition);
      return type === 'Established' && status === 'True';
    })
  );
}

function countOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

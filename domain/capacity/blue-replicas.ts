import { newestThatFit } from '#domain/migration/bounds.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/**
 * How many pods blue's workloads have: recorded when the migration begins, asked again before users come back (I3). Pure:
 * objects in, counts by `namespace/name` out.
 */

/** Within the state's 64 KB (DESIGN section 6); of more workloads the largest are kept. */
const MOST = { count: 100, bytes: 6 * 1024 };

/**
 * Wanted replicas of every Deployment that has any. Singletons are left out: they are taken from blue on purpose.
 *
 * @param singletons `namespace/name`
 */
export function recordedReplicas(
  deployments: readonly KubernetesObject[],
  singletons: readonly string[],
): Readonly<Record<string, number>> {
  const counts = deployments
    .map((deployment) => [nameOf(deployment), replicasOf(deployment)] as const)
    .filter(([name, replicas]) => replicas > 0 && !singletons.includes(name))
    .toSorted(([, a], [, b]) => a - b);
  return Object.fromEntries(newestThatFit(counts, MOST).toReversed());
}

/** Replicas that are available now. */
export function availableReplicas(
  deployments: readonly KubernetesObject[],
): ReadonlyMap<string, number> {
  return new Map(
    deployments.map((deployment) => [
      nameOf(deployment),
      numberOr(fieldsOf(deployment['status'])['availableReplicas'], 0),
    ]),
  );
}

/** The most pods that the Deployment wants or has. */
export function replicasOf(deployment: KubernetesObject): number {
  const spec: Fields = fieldsOf(deployment['spec']);
  const status: Fields = fieldsOf(deployment['status']);
  return Math.max(numberOr(spec['replicas'], 1), numberOr(status['replicas'], 0));
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import type { Awaited } from '#activities/ports/provisioner.ts';

/**
 * Removing a cluster through the EKS API, step by step: each call does what can be done now and tells what is awaited. Who calls has
 * looked at its identity and at its users (I5).
 */
type Eks = Pick<Ports, 'clusters' | 'nodegroups'>;

export async function removeNodegroups(
  { nodegroups }: Eks,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<Awaited | null> {
  const present = await nodegroups.list(cluster, signal);
  for (const { name } of present) await nodegroups.delete(cluster, name, signal);
  const left = await nodegroups.list(cluster, signal);
  if (left.length === 0) return null;
  const names = left.map(({ name }) => name).join(', ');
  return waiting(`node groups are still there: ${names}`, cluster.name);
}

/** @param token client token of switching its deletion protection off */
export async function removeControlPlane(
  { clusters }: Eks,
  cluster: ClusterRef,
  now: ClusterDescription,
  token: string,
  signal: AbortSignal,
): Promise<Awaited | null> {
  if (now.status === 'DELETING') return waiting('the cluster is being deleted', now.arn);
  const { updating } = await clusters.allowDeletion(cluster, token, signal);
  if (updating) return waiting('deletion protection is being turned off', now.arn);
  await clusters.delete(cluster, signal);
  return (await clusters.describe(cluster, signal)) === null
    ? null
    : waiting('the cluster is being deleted', now.arn);
}

function waiting(what: string, resource: string): Awaited {
  return { kind: 'waiting', what, resource };
}

import { DescribeClusterCommand, type Cluster } from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { isNotFound } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';

/** EKS's own description of a cluster, for every adapter that needs more of it than the ports tell. */

/** The cluster as people find it again: account, region, name. */
export function clusterResource({ access, name }: ClusterRef): string {
  return `cluster ${access.account}/${access.region}/${name}`;
}

/** Null when there is no such cluster. Throws the SDK's errors. */
export async function findCluster(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<Cluster | null> {
  try {
    const { cluster: found } = await clients
      .eks(cluster.access)
      .read.send(new DescribeClusterCommand({ name: cluster.name }), { abortSignal: signal });
    return found ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Like `findCluster`, but fails `not-found`. */
export async function requireCluster(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<Cluster> {
  const found = await findCluster(clients, cluster, signal);
  if (found === null)
    throw new CutoverFailure('not-found', 'there is no such cluster', {
      resource: clusterResource(cluster),
    });
  return found;
}

import {
  DescribeNodegroupCommand,
  paginateListNodegroups,
  type EKSClient,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { isNotFound } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';

/** EKS's own descriptions of node groups, for every adapter that needs more of them than the ports tell. Throw the SDK's errors. */

/** Null when there is none of that name. */
export async function findNodegroup(
  client: EKSClient,
  clusterName: string,
  nodegroupName: string,
  signal: AbortSignal,
): Promise<Nodegroup | null> {
  try {
    const { nodegroup } = await client.send(
      new DescribeNodegroupCommand({ clusterName, nodegroupName }),
      { abortSignal: signal },
    );
    return nodegroup ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** All of a cluster, one after the other, with their names. */
export async function* eachNodegroup(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): AsyncGenerator<readonly [string, Nodegroup]> {
  const client = clients.eks(cluster.access).read;
  const pages = paginateListNodegroups(
    { client },
    { clusterName: cluster.name },
    { abortSignal: signal },
  );
  for await (const { nodegroups } of pages)
    for (const name of nodegroups ?? []) {
      const found = await findNodegroup(client, cluster.name, name, signal);
      // Gone between the list and the look: not there.
      if (found !== null) yield [name, found];
    }
}

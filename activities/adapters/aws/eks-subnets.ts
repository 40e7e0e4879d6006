import { DescribeSubnetsCommand, type Subnet } from '@aws-sdk/client-ec2';
import { DescribeNodegroupCommand, paginateListNodegroups } from '@aws-sdk/client-eks';
import type { SubnetRoom } from '#domain/address-room.ts';
import type { ClusterRef } from '../../ports.ts';
import type { AwsClients } from './aws-clients.ts';
import { requireCluster } from './found-cluster.ts';

/** The subnets that a cluster's control plane and node groups are in, with their free addresses. Throws the SDK's errors. */
export async function subnetsOf(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<readonly SubnetRoom[]> {
  const { resourcesVpcConfig } = await requireCluster(clients, cluster, signal);
  const ofControlPlane = new Set(resourcesVpcConfig?.subnetIds);
  const ofNodes = await nodeSubnets(clients, cluster, signal);
  const SubnetIds = [...new Set([...ofControlPlane, ...ofNodes])];
  if (SubnetIds.length === 0) return [];
  const { Subnets = [] } = await clients
    .ec2(cluster.access)
    .send(new DescribeSubnetsCommand({ SubnetIds }), { abortSignal: signal });
  return Subnets.map(({ SubnetId: id = '', ...subnet }) => ({
    id,
    ...roomIn(subnet),
    ofControlPlane: ofControlPlane.has(id),
  }));
}

function roomIn({
  AvailabilityZone: zone = '',
  AvailableIpAddressCount: free = 0,
}: Subnet): Pick<SubnetRoom, 'zone' | 'free'> {
  return { zone, free };
}

async function nodeSubnets(
  clients: AwsClients,
  { access, name: clusterName }: ClusterRef,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const client = clients.eks(access).read;
  const options = { abortSignal: signal };
  const found: string[] = [];
  for await (const { nodegroups } of paginateListNodegroups({ client }, { clusterName }, options))
    for (const nodegroupName of nodegroups ?? []) {
      const command = new DescribeNodegroupCommand({ clusterName, nodegroupName });
      const { nodegroup } = await client.send(command, options);
      found.push(...(nodegroup?.subnets ?? []));
    }
  return found;
}

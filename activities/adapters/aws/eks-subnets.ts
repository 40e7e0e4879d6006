import { DescribeSubnetsCommand, type Subnet } from '@aws-sdk/client-ec2';
import type { SubnetRoom } from '#domain/preflight/address-room.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import type { AwsClients } from './aws-clients.ts';
import { requireCluster } from './found-cluster.ts';
import { eachNodegroup } from './found-nodegroups.ts';

/** The subnets that a cluster's control plane and node groups are in, with their free addresses. Throws the SDK's errors. */
export async function subnetsOf(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<readonly SubnetRoom[]> {
  const { resourcesVpcConfig } = await requireCluster(clients, cluster, signal);
  const ofControlPlane = new Set(resourcesVpcConfig?.subnetIds);
  const wanted = new Set(ofControlPlane);
  for await (const [, { subnets = [] }] of eachNodegroup(clients, cluster, signal))
    for (const id of subnets) wanted.add(id);
  const SubnetIds = [...wanted];
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

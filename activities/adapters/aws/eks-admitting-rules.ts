import { paginateDescribeSecurityGroups, type IpPermission } from '@aws-sdk/client-ec2';
import type { AdmittingRule } from '#domain/preflight/admitting-groups.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import type { AwsClients } from './aws-clients.ts';
import { requireCluster } from './found-cluster.ts';

/** The security group that EKS made for a cluster, and rules of other groups that let its members in. Throws the SDK's errors. */
export async function admittingRulesOf(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<{ readonly own: string | null; readonly rules: readonly AdmittingRule[] }> {
  const { resourcesVpcConfig } = await requireCluster(clients, cluster, signal);
  const own = resourcesVpcConfig?.clusterSecurityGroupId;
  if (own === undefined || own === '') return { own: null, rules: [] };
  const pages = paginateDescribeSecurityGroups(
    { client: clients.ec2(cluster.access) },
    { Filters: [{ Name: 'ip-permission.group-id', Values: [own] }] },
    { abortSignal: signal },
  );
  const rules: AdmittingRule[] = [];
  for await (const { SecurityGroups = [] } of pages)
    for (const {
      GroupId: groupId = '',
      GroupName: groupName = '',
      IpPermissions,
    } of SecurityGroups)
      if (groupId !== own)
        for (const permission of IpPermissions ?? [])
          if (permission.UserIdGroupPairs?.some(({ GroupId }) => GroupId === own) === true)
            rules.push({ groupId, groupName, ...portsOf(permission) });
  return { own, rules };
}

function portsOf({
  IpProtocol: protocol = '-1',
  FromPort,
  ToPort,
}: IpPermission): Pick<AdmittingRule, 'protocol' | 'fromPort' | 'toPort'> {
  return { protocol, fromPort: FromPort ?? null, toPort: ToPort ?? null };
}

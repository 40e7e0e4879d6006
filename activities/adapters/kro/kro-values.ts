import type { CreateClusterRequest, CreateNodegroupRequest } from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import { jsonFieldsOf, type JsonFields } from '#domain/json/json-value.ts';
import { nodegroupIds } from '#domain/kro/instance.ts';

/**
 * Green in blue's shape, as values of our ResourceGraphDefinition: what the EKS API would be asked for, in its words. Pure. Fields as in
 * `deploy/kro/eks-green.yaml`.
 */
export interface KroValues {
  readonly values: JsonFields;
  /** What the request holds and ACK's objects cannot be asked for, in words. */
  readonly leftOut: readonly string[];
}

/** Fails `unexpected-shape` for a blue whose green would have no nodes. */
export function kroValues(
  cluster: CreateClusterRequest,
  nodegroups: readonly CreateNodegroupRequest[],
): KroValues {
  refuseWithoutNodes(cluster);
  const { resourcesVpcConfig: vpc, kubernetesNetworkConfig: network } = cluster;
  const ids = nodegroupIds(nodegroups.map(({ nodegroupName = '' }) => nodegroupName));
  return {
    values: jsonFieldsOf({
      name: cluster.name,
      version: cluster.version,
      tags: cluster.tags,
      roleARN: cluster.roleArn,
      subnetIDs: vpc?.subnetIds,
      securityGroupIDs: vpc?.securityGroupIds,
      endpointPublicAccess: vpc?.endpointPublicAccess,
      endpointPrivateAccess: vpc?.endpointPrivateAccess,
      publicAccessCIDRs: vpc?.publicAccessCidrs,
      authenticationMode: cluster.accessConfig?.authenticationMode,
      kubernetesNetwork: {
        ipFamily: network?.ipFamily,
        serviceIPv4CIDR: network?.serviceIpv4Cidr,
      },
      encryption: cluster.encryptionConfig?.map(({ provider, resources }) => ({
        provider: { keyARN: provider?.keyArn },
        resources,
      })),
      logging: cluster.logging,
      nodegroups: nodegroups.map((group) => nodegroupValues(group, ids)),
    }),
    leftOut: [...leftOutOfCluster(cluster), ...nodegroups.flatMap(leftOutOfNodegroup)],
  };
}

function nodegroupValues(
  group: CreateNodegroupRequest,
  ids: ReadonlyMap<string, string>,
): Readonly<Record<string, unknown>> {
  const { nodegroupName = '', scalingConfig } = group;
  return {
    id: ids.get(nodegroupName),
    name: nodegroupName,
    nodeRole: group.nodeRole,
    subnets: group.subnets,
    minSize: scalingConfig?.minSize,
    maxSize: scalingConfig?.maxSize,
    desiredSize: scalingConfig?.desiredSize,
    instanceTypes: group.instanceTypes,
    amiType: group.amiType,
    capacityType: group.capacityType,
    diskSize: group.diskSize,
    labels: group.labels,
    taints: group.taints,
    tags: group.tags,
    // EKS's own default, which it does not always tell.
    updateConfig: group.updateConfig ?? { maxUnavailable: 1 },
  };
}

function refuseWithoutNodes({ computeConfig, remoteNetworkConfig, name }: CreateClusterRequest) {
  const what =
    computeConfig?.enabled === true
      ? 'blue runs in Auto Mode'
      : remoteNetworkConfig === undefined
        ? null
        : 'blue has hybrid nodes';
  if (what === null) return;
  throw new CutoverFailure(
    'unexpected-shape',
    `${what}, which is not asked for through kro: green would have no nodes; expected is a blue with managed node groups, or ` +
      '`provision: { with: eks }`',
    { resource: name ?? 'green' },
  );
}

function leftOutOfCluster(cluster: CreateClusterRequest): readonly string[] {
  const { controlPlaneScalingConfig: scaling } = cluster;
  return [
    ...(cluster.deletionProtection === true ? ['deletion protection'] : []),
    // Extended support is EKS's default.
    ...(cluster.upgradePolicy?.supportType === 'STANDARD'
      ? ['the upgrade policy STANDARD: extended support costs more']
      : []),
    ...(cluster.zonalShiftConfig?.enabled === true ? ['zonal shift'] : []),
    ...(scaling?.tier === undefined || scaling.tier === 'standard'
      ? []
      : [`the control plane tier ${scaling.tier}`]),
    ...(cluster.kubeApiServerConfig === undefined &&
    cluster.kubeSchedulerConfig === undefined &&
    cluster.kubeControllerManagerConfig === undefined
      ? []
      : ['settings of control plane components']),
  ];
}

function leftOutOfNodegroup(group: CreateNodegroupRequest): readonly string[] {
  const of = `of node group ${group.nodegroupName ?? ''}`;
  return [
    ...(group.remoteAccess === undefined ? [] : [`remote access ${of}`]),
    ...(group.nodeRepairConfig?.enabled === true ? [`node repair ${of}`] : []),
    ...(group.warmPoolConfig === undefined ? [] : [`the warm pool ${of}`]),
  ];
}

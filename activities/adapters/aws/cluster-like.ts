import type { Cluster, CreateClusterRequest } from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import type { CreationIdentity } from '#activities/ports/clusters.ts';
import { copiedTags } from './copied-tags.ts';

/**
 * The request that makes green in blue's shape. Pure, so that the same blue and identity always give the same request: EKS
 * refuses a repeated client token with other parameters. Called by `Clusters.createLike`.
 *
 * Never copied: blue's version, its access entries (explicit ones follow), and its tags that name it. Source of fields and
 * defaults: Amazon EKS API reference, CreateCluster.
 */
export function clusterLike(
  blue: Cluster,
  green: { readonly name: string; readonly version: string },
  identity: CreationIdentity,
): CreateClusterRequest {
  const { name: blueName, arn, roleArn, resourcesVpcConfig: vpc } = blue;
  if (blue.outpostConfig !== undefined)
    throw new CutoverFailure(
      'unexpected-shape',
      'blue lives on an Outpost, where a second control plane cannot be made from here; expected is a cluster in the Region',
      { resource: arn ?? green.name },
    );
  if (blueName === undefined || roleArn === undefined || vpc === undefined)
    throw new CutoverFailure('internal', 'EKS described a cluster without name, role or network', {
      resource: arn ?? green.name,
    });
  const autoMode = blue.computeConfig?.enabled === true;
  return {
    name: green.name,
    version: green.version,
    roleArn,
    clientRequestToken: identity.clientToken,
    tags: copiedTags(blue.tags, blueName, identity),
    resourcesVpcConfig: {
      subnetIds: vpc.subnetIds,
      securityGroupIds: vpc.securityGroupIds,
      endpointPublicAccess: vpc.endpointPublicAccess,
      endpointPrivateAccess: vpc.endpointPrivateAccess,
      // EKS refuses an allow-list for an endpoint that is not public.
      publicAccessCidrs: vpc.endpointPublicAccess === true ? vpc.publicAccessCidrs : undefined,
      controlPlaneEgressMode: vpc.controlPlaneEgressMode,
    },
    kubernetesNetworkConfig: kubernetesNetworkOf(blue),
    // The creator gets no silent admin rights: who may enter is written down in access entries.
    accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    // Nodes need a network before the add-ons phase comes; that phase takes these over. Auto Mode brings its own.
    bootstrapSelfManagedAddons: !autoMode,
    logging: blue.logging,
    encryptionConfig:
      (blue.encryptionConfig ?? []).length === 0 ? undefined : blue.encryptionConfig,
    upgradePolicy: blue.upgradePolicy,
    deletionProtection: blue.deletionProtection,
    zonalShiftConfig: blue.zonalShiftConfig,
    remoteNetworkConfig: blue.remoteNetworkConfig,
    controlPlaneScalingConfig: blue.controlPlaneScalingConfig,
    kubeApiServerConfig: blue.kubeApiServerConfig,
    kubeSchedulerConfig: blue.kubeSchedulerConfig,
    kubeControllerManagerConfig: blue.kubeControllerManagerConfig,
    ...(autoMode ? { computeConfig: blue.computeConfig, storageConfig: blue.storageConfig } : {}),
  };
}

/** The service range of IPv6 clusters is AWS's choice and cannot be asked for. */
function kubernetesNetworkOf(blue: Cluster): CreateClusterRequest['kubernetesNetworkConfig'] {
  const network = blue.kubernetesNetworkConfig;
  if (network === undefined) return undefined;
  return {
    ipFamily: network.ipFamily,
    serviceIpv4Cidr: network.ipFamily === 'ipv6' ? undefined : network.serviceIpv4Cidr,
    elasticLoadBalancing:
      network.elasticLoadBalancing?.enabled === true ? network.elasticLoadBalancing : undefined,
  };
}

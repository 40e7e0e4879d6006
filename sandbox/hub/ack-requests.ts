/**
 * What the stand-in asks EKS for: ACK's fields in the words of the API. Tags are the object's own and the two that ACK's
 * controllers put on everything they make. Pure; called by `ack-kinds.ts`.
 */
import type { CreateClusterRequest, CreateNodegroupRequest } from '@aws-sdk/client-eks';
import type { AckCluster, AckNodegroup } from './ack-objects.ts';

/** Says who made it, as ACK's own tag `services.k8s.aws/controller-version` does. */
const CONTROLLER = 'eks-stand-in-of-the-sandbox';

export function createClusterOf({ spec, metadata }: AckCluster): CreateClusterRequest {
  const { resourcesVPCConfig: vpc, kubernetesNetworkConfig: network, encryptionConfig } = spec;
  return {
    name: spec.name,
    version: spec.version,
    roleArn: spec.roleARN,
    tags: tagsOf(spec.tags, metadata.namespace),
    resourcesVpcConfig: {
      subnetIds: vpc.subnetIDs,
      securityGroupIds: vpc.securityGroupIDs,
      endpointPublicAccess: vpc.endpointPublicAccess,
      endpointPrivateAccess: vpc.endpointPrivateAccess,
      publicAccessCidrs: vpc.publicAccessCIDRs,
    },
    accessConfig: spec.accessConfig,
    kubernetesNetworkConfig:
      network === undefined
        ? undefined
        : { ipFamily: network.ipFamily, serviceIpv4Cidr: network.serviceIPv4CIDR },
    encryptionConfig: encryptionConfig?.map(({ provider, resources }) => ({
      provider: { keyArn: provider?.keyARN },
      resources,
    })),
    logging: spec.logging,
  };
}

export function createNodegroupOf({ spec, metadata }: AckNodegroup): CreateNodegroupRequest {
  const { name, clusterName, tags, ...shape } = spec;
  return {
    clusterName,
    nodegroupName: name,
    tags: tagsOf(tags, metadata.namespace),
    nodeRole: shape.nodeRole,
    subnets: shape.subnets,
    labels: shape.labels,
    taints: shape.taints,
    instanceTypes: shape.instanceTypes,
    amiType: shape.amiType,
    capacityType: shape.capacityType,
    diskSize: shape.diskSize,
    scalingConfig: shape.scalingConfig,
    updateConfig: shape.updateConfig,
  };
}

function tagsOf(
  tags: Readonly<Record<string, string>> = {},
  namespace = '',
): Record<string, string> {
  return {
    ...tags,
    'services.k8s.aws/controller-version': CONTROLLER,
    'services.k8s.aws/namespace': namespace,
  };
}

import type { CreateNodegroupRequest, Nodegroup } from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import type { CreationIdentity } from '#activities/ports/clusters.ts';
import { copiedTags } from './copied-tags.ts';

/**
 * The request that gives green a node group in the shape of one of blue's, sized to what blue runs now. The Kubernetes
 * version and the AMI release are left to EKS: they follow green's control plane. Pure; called by `Nodegroups.createLike`.
 * Source of fields: Amazon EKS API reference, CreateNodegroup.
 */
export function nodegroupLike(
  blue: Nodegroup,
  greenName: string,
  identity: CreationIdentity,
): CreateNodegroupRequest {
  const { nodegroupName, clusterName, nodeRole, subnets } = blue;
  const resource = blue.nodegroupArn ?? nodegroupName ?? 'node group';
  if (blue.launchTemplate !== undefined)
    throw new CutoverFailure(
      'unexpected-shape',
      'the node group uses a custom launch template, whose user data and AMI belong to blue; expected is a node group ' +
        'without one: replace it on blue, or make green and its node groups yourself and name green in the plan',
      { resource },
    );
  if (
    nodegroupName === undefined ||
    clusterName === undefined ||
    nodeRole === undefined ||
    subnets === undefined
  )
    throw new CutoverFailure(
      'internal',
      'EKS described a node group without name, role or subnets',
      {
        resource,
      },
    );
  return {
    clusterName: greenName,
    nodegroupName,
    clientRequestToken: identity.clientToken,
    tags: copiedTags(blue.tags, clusterName, identity),
    nodeRole,
    subnets,
    scalingConfig: blue.scalingConfig,
    instanceTypes: blue.instanceTypes,
    amiType: blue.amiType,
    capacityType: blue.capacityType,
    diskSize: blue.diskSize,
    labels: blue.labels,
    taints: blue.taints,
    updateConfig: blue.updateConfig,
    nodeRepairConfig: blue.nodeRepairConfig,
    warmPoolConfig: blue.warmPoolConfig,
    remoteAccess: blue.remoteAccess,
  };
}

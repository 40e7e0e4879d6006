/**
 * What CreateNodegroup refuses, and the node group it makes otherwise, with EKS's defaults.
 * Source: docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
 */
import type {
  CreateNodegroupCommandInput,
  Nodegroup,
  NodegroupScalingConfig,
} from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import { requiredSubnet } from './cluster-request.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { minorOf, offeredVersion } from './kubernetes-versions.ts';

/** Managed node groups per cluster: docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const NODEGROUP_QUOTA = 30;

const DEFAULT_SCALING = { minSize: 1, maxSize: 2, desiredSize: 2 } as const;

export function validateNewNodegroup(
  state: EksState,
  record: ClusterRecord,
  input: CreateNodegroupCommandInput,
): void {
  const { account } = state.parts;
  if (record.nodegroups.size >= NODEGROUP_QUOTA) {
    throw new AwsError(
      'ResourceLimitExceededException',
      `Nodegroup limit exceeded: ${NODEGROUP_QUOTA}`,
    );
  }
  for (const subnetId of input.subnets ?? []) {
    if (requiredSubnet(account, subnetId).vpcId !== record.cluster.resourcesVpcConfig?.vpcId) {
      refuse(`Subnet ${subnetId} is not in the cluster's VPC`);
    }
  }
  if ((input.subnets ?? []).length === 0) refuse('Subnets are not specified');
  if (account.iam.roleInUse(input.nodeRole ?? '') === undefined)
    refuse(`The role ${input.nodeRole} cannot be found`);
  validateScaling({ ...DEFAULT_SCALING, ...input.scalingConfig });
  const version = input.version ?? record.cluster.version;
  if (offeredVersion(version) === undefined || minorOf(version) > minorOf(record.cluster.version)) {
    refuse(
      `Requested Nodegroup version ${version} does not fit cluster version ${record.cluster.version}`,
    );
  }
}

export function validateScaling({
  minSize = 0,
  maxSize = 0,
  desiredSize = 0,
}: NodegroupScalingConfig): void {
  if (maxSize < 1) refuse('maxSize must be at least 1');
  if (minSize > desiredSize)
    refuse(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`);
  if (desiredSize > maxSize)
    refuse(`Desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
}

export function newNodegroup(
  state: EksState,
  record: ClusterRecord,
  input: CreateNodegroupCommandInput,
): Nodegroup {
  const { clusterName = '', nodegroupName = '' } = input;
  const version = input.version ?? record.cluster.version ?? '';
  const id = state.parts.account.random.uuid();
  return {
    nodegroupName,
    clusterName,
    nodegroupArn: state.arn('nodegroup', `${clusterName}/${nodegroupName}/${id}`),
    version,
    releaseVersion: input.releaseVersion ?? releaseVersionOf(version),
    createdAt: state.now(),
    modifiedAt: state.now(),
    status: 'CREATING',
    capacityType: input.capacityType ?? 'ON_DEMAND',
    scalingConfig: { ...DEFAULT_SCALING, ...input.scalingConfig },
    instanceTypes: input.instanceTypes ?? ['t3.medium'],
    subnets: input.subnets,
    amiType: input.amiType ?? 'AL2023_x86_64_STANDARD',
    nodeRole: input.nodeRole,
    labels: { ...input.labels },
    taints: input.taints ?? [],
    resources: { autoScalingGroups: [{ name: `eks-${nodegroupName}-${id}` }] },
    diskSize: input.diskSize ?? 20,
    health: { issues: [] },
    updateConfig: input.updateConfig ?? { maxUnavailable: 1 },
    nodeRepairConfig: input.nodeRepairConfig,
    launchTemplate: input.launchTemplate,
    tags: { ...input.tags },
  };
}

/** AMI release of a Kubernetes version, as in `1.36.3-20261105`. */
export const releaseVersionOf = (version: string): string =>
  `${offeredVersion(version)?.patchVersion}-20261105`;

function refuse(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}

/**
 * What CreateCluster refuses before it creates anything.
 * Sources: docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html (name, versions),
 * docs.aws.amazon.com/eks/latest/userguide/network-reqs.html (subnets in two zones, six free addresses each).
 */
import type { CreateClusterCommandInput, VpcConfigRequest } from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { AwsAccount } from '../account.ts';
import type { SeededSubnet } from '../seed.ts';
import { OFFERED_VERSIONS, offeredVersion } from './kubernetes-versions.ts';

const NAME = /^[0-9A-Za-z][A-Za-z0-9\-_]{0,99}$/;
const FREE_ADDRESSES_NEEDED = 6;
const SECURITY_GROUPS_ALLOWED = 5;

/** Throws `InvalidParameterException` with the first thing that is wrong, or 501 for Auto Mode, which is not played. */
export function validateNewCluster(
  account: AwsAccount,
  input: CreateClusterCommandInput,
  version: string,
): void {
  const { name = '', roleArn = '', resourcesVpcConfig, computeConfig, outpostConfig } = input;
  if (!NAME.test(name))
    refuse(`The name '${name}' must match ${NAME.source} and have at most 100 characters`);
  if (offeredVersion(version) === undefined) {
    const known = OFFERED_VERSIONS.map((offered) => offered.version).join(', ');
    refuse(`unsupported Kubernetes version ${version}; supported: ${known}`);
  }
  if (account.iam.roleInUse(roleArn) === undefined) {
    refuse(
      `Role with arn: ${roleArn}, could not be assumed because it does not exist or the trusted entity is not correct`,
    );
  }
  validateNetwork(account, resourcesVpcConfig);
  if (computeConfig?.enabled === true || outpostConfig !== undefined) {
    throw new AwsError('NotImplementedException', 'Auto Mode and Outposts are not emulated', {
      httpStatus: 501,
    });
  }
}

/** The subnets a network configuration names; throws `InvalidParameterException` where EKS would not take them. */
export function validateNetwork(
  account: AwsAccount,
  config: VpcConfigRequest | undefined,
): readonly SeededSubnet[] {
  const subnets = (config?.subnetIds ?? []).map((subnetId) => requiredSubnet(account, subnetId));
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (zones.size < 2) refuse('Subnets specified must be in at least two different AZs');
  if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1)
    refuse('Subnets specified must be in the same VPC');
  for (const { subnetId, availableIpAddressCount } of subnets) {
    if (availableIpAddressCount < FREE_ADDRESSES_NEEDED) {
      refuse(
        `Subnet ${subnetId} has ${availableIpAddressCount} free addresses; EKS needs ${FREE_ADDRESSES_NEEDED}`,
      );
    }
  }
  if (config?.endpointPublicAccess === false && (config.publicAccessCidrs ?? []).length > 0) {
    refuse('publicAccessCidrs cannot be set for an endpoint that is not public');
  }
  const groups = config?.securityGroupIds ?? [];
  if (groups.length > SECURITY_GROUPS_ALLOWED)
    refuse(`At most ${SECURITY_GROUPS_ALLOWED} security groups are allowed`);
  for (const group of groups) {
    if (account.network.securityGroup(group) === undefined)
      refuse(`The security group '${group}' does not exist`);
  }
  return subnets;
}

export function requiredSubnet(account: AwsAccount, subnetId: string): SeededSubnet {
  const subnet = account.network.subnet(subnetId);
  return subnet ?? refuse(`The subnet ID '${subnetId}' does not exist`);
}

function refuse(message: string): never {
  throw new AwsError('InvalidParameterException', message);
}

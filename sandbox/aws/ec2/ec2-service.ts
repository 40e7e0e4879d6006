/** EC2 as far as cluster preflight needs it: subnets with free addresses, VPCs, security groups and whom they let in, sizes of types. */
import * as sdk from '@aws-sdk/client-ec2';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { defineService, type Service } from '../core/service.ts';
import type { SeededSubnet } from '../seed.ts';
import { vcpusOf } from './instance-types.ts';
import { matchesFilters, type Attributes } from './filters.ts';
import type { IngressRule, Network, SecurityGroup, Vpc } from './network.ts';

export function ec2Service(network: Network, accountId: string): Service {
  return defineService({
    sdk,
    signingName: 'ec2',
    protocol: { kind: 'ec2-query', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15' },
    validationErrorCode: 'InvalidParameterValue',
    handlers: ec2Handlers(network, accountId),
  });
}

function ec2Handlers(network: Network, OwnerId: string): OperationHandlers<typeof sdk> {
  return {
    DescribeSubnets: ({ SubnetIds, Filters }) => ({
      Subnets: selected(
        network.subnets(),
        ({ subnetId }) => subnetId,
        SubnetIds,
        'InvalidSubnetID.NotFound',
      )
        .filter((subnet) => matchesFilters(subnetAttributes(subnet), Filters))
        .map((subnet) => subnetAnswer(subnet, OwnerId)),
    }),
    DescribeVpcs: ({ VpcIds, Filters }) => ({
      Vpcs: selected(network.vpcs(), ({ vpcId }) => vpcId, VpcIds, 'InvalidVpcID.NotFound')
        .filter((vpc) =>
          matchesFilters(
            { 'vpc-id': vpc.vpcId, 'cidr-block': vpc.cidrBlock, 'tag:Name': vpc.name },
            Filters,
          ),
        )
        .map((vpc) => vpcAnswer(vpc, OwnerId)),
    }),
    DescribeSecurityGroups: ({ GroupIds, Filters }) => ({
      SecurityGroups: selected(
        network.securityGroups(),
        ({ groupId }) => groupId,
        GroupIds,
        'InvalidGroup.NotFound',
      )
        .filter((group) => matchesFilters(groupAttributes(group), Filters))
        .map((group) => groupAnswer(group, OwnerId)),
    }),
    DescribeInstanceTypes: ({ InstanceTypes = [] }) => ({
      InstanceTypes: InstanceTypes.map((type) => {
        const DefaultVCpus = vcpusOf(type);
        if (DefaultVCpus === undefined)
          throw new AwsError(
            'InvalidInstanceType',
            `The following supplied instance types do not exist: [${type}]`,
            { httpStatus: 400 },
          );
        return { InstanceType: type, VCpuInfo: { DefaultVCpus } };
      }),
    }),
    AuthorizeSecurityGroupIngress: ({ GroupId = '', IpPermissions = [] }) => {
      selected(
        network.securityGroups(),
        ({ groupId }) => groupId,
        [GroupId],
        'InvalidGroup.NotFound',
      );
      network.admit(GroupId, IpPermissions.map(ingressRule));
      return { Return: true, SecurityGroupRules: [] };
    },
  };
}

/** Those asked for, all when none is named. Throws the given code for an id that does not exist. */
function selected<T>(
  all: readonly T[],
  idOf: (item: T) => string,
  ids: readonly string[] | undefined,
  notFoundCode: string,
): readonly T[] {
  if (ids === undefined || ids.length === 0) return all;
  return ids.map((id) => {
    const item = all.find((candidate) => idOf(candidate) === id);
    if (item === undefined)
      throw new AwsError(notFoundCode, `The ID '${id}' does not exist`, { httpStatus: 400 });
    return item;
  });
}

const subnetAttributes = (subnet: SeededSubnet): Attributes => ({
  'subnet-id': subnet.subnetId,
  'vpc-id': subnet.vpcId,
  'availability-zone': subnet.availabilityZone,
  'availability-zone-id': subnet.availabilityZoneId,
  'cidr-block': subnet.cidrBlock,
  state: 'available',
  'tag:Name': subnet.name,
});

const subnetAnswer = (subnet: SeededSubnet, OwnerId: string): sdk.Subnet => ({
  SubnetId: subnet.subnetId,
  VpcId: subnet.vpcId,
  AvailabilityZone: subnet.availabilityZone,
  AvailabilityZoneId: subnet.availabilityZoneId,
  CidrBlock: subnet.cidrBlock,
  AvailableIpAddressCount: subnet.availableIpAddressCount,
  State: 'available',
  OwnerId,
  MapPublicIpOnLaunch: false,
  Tags: [{ Key: 'Name', Value: subnet.name }],
});

const vpcAnswer = (vpc: Vpc, OwnerId: string): sdk.Vpc => ({
  VpcId: vpc.vpcId,
  CidrBlock: vpc.cidrBlock,
  State: 'available',
  IsDefault: false,
  OwnerId,
  Tags: [{ Key: 'Name', Value: vpc.name }],
});

const groupAttributes = (group: SecurityGroup): Attributes => ({
  'group-id': group.groupId,
  'group-name': group.name,
  'vpc-id': group.vpcId,
  'ip-permission.group-id': (group.ingress ?? []).flatMap(({ groupIds }) => groupIds),
});

const ingressRule = (permission: sdk.IpPermission): IngressRule => ({
  protocol: permission.IpProtocol ?? '-1',
  fromPort: permission.FromPort,
  toPort: permission.ToPort,
  groupIds: (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
});

const groupAnswer = (group: SecurityGroup, OwnerId: string): sdk.SecurityGroup => ({
  GroupId: group.groupId,
  GroupName: group.name,
  Description: group.description,
  VpcId: group.vpcId,
  OwnerId,
  IpPermissions: (group.ingress ?? []).map(({ protocol, fromPort, toPort, groupIds }) => ({
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    UserIdGroupPairs: groupIds.map((GroupId) => ({ GroupId, UserId: OwnerId })),
  })),
  IpPermissionsEgress: [],
});

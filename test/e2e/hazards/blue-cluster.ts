/** Blue as EKS and EC2 know it: its health, insights, owner, node groups, networks. */
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import {
  CreateNodegroupCommand,
  DescribeClusterCommand,
  TagResourceCommand,
  UpdateClusterConfigCommand,
  type Cluster,
  type CreateNodegroupRequest,
} from '@aws-sdk/client-eks';
import { ROLES, SECURITY_GROUPS, SUBNETS } from '#sandbox/aws/seed.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { Hazard } from './hazard.ts';
import { setAtEks, until, type World } from './world.ts';

const SUBNET_IDS = SUBNETS.map(({ subnetId }) => subnetId);

export async function harmBlue(world: World): Promise<readonly Hazard[]> {
  const blue = await describeBlue(world);
  await Promise.all([insights(world), health(world), owner(world, blue), nodegroups(world)]);
  await admitted(world, blue);
  const [full = ''] = crowdedSubnets(world);
  await keepUpdating(world);
  return [
    ...(['insight-error', 'insight-warning', 'insight-unknown'] as const).map((code) => ({
      code,
      resource: BLUE,
    })),
    { code: 'blue-health-issue', resource: BLUE },
    { code: 'blue-owned-elsewhere', resource: BLUE },
    { code: 'launch-template', resource: 'templated' },
    { code: 'node-image-gone', resource: 'amazon-linux-2' },
    { code: 'group-admits-blue', resource: SECURITY_GROUPS.nodes },
    { code: 'subnet-full', resource: full },
    { code: 'addresses-short', resource: BLUE },
    { code: 'blue-not-active', resource: BLUE },
  ];
}

async function describeBlue({ eks }: World): Promise<Cluster> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: BLUE }));
  if (cluster === undefined) throw new Error('EKS does not know blue');
  return cluster;
}

async function insights(world: World): Promise<void> {
  for (const [status, kubernetesVersion] of [
    ['ERROR', '1.35'],
    ['WARNING', '1.36'],
    ['UNKNOWN', '1.36'],
  ] as const) {
    const name = `Harbour readiness ${status.toLowerCase()}`;
    const reason = 'Seen by the harbour master.';
    await setAtEks(world, `insights/${BLUE}`, { name, kubernetesVersion, status, reason });
  }
}

async function health(world: World): Promise<void> {
  const message = 'The security group of the control plane does not exist.';
  const issue = { code: 'Ec2SecurityGroupNotFound', message, resourceIds: [SECURITY_GROUPS.nodes] };
  await setAtEks(world, `health/${BLUE}`, { issues: [issue] });
}

/** ACK's own tag. */
async function owner(world: World, { arn: resourceArn }: Cluster): Promise<void> {
  const tag = 'services.k8s.aws/controller-version';
  await world.eks.send(new TagResourceCommand({ resourceArn, tags: { [tag]: 'eks-1.9.0' } }));
  await until('the tag to be seen', async () => {
    const { tags = {} } = await describeBlue(world);
    return tags[tag] !== undefined;
  });
}

/** Without nodes: what counts is what they would be made of. */
async function nodegroups({ eks }: World): Promise<void> {
  const create = async (nodegroupName: string, of: Partial<CreateNodegroupRequest>) =>
    eks.send(
      new CreateNodegroupCommand({
        clusterName: BLUE,
        nodegroupName,
        nodeRole: ROLES.node,
        subnets: SUBNET_IDS,
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 1 },
        ...of,
      }),
    );
  await create('templated', { launchTemplate: { id: 'lt-0c07e000000000001', version: '1' } });
  await create('amazon-linux-2', { amiType: 'AL2_x86_64' });
}

/** Like a database that lets in whoever is of the group that EKS made for blue. */
async function admitted({ ec2 }: World, { resourcesVpcConfig }: Cluster): Promise<void> {
  const GroupId = resourcesVpcConfig?.clusterSecurityGroupId;
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: SECURITY_GROUPS.nodes,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId }] },
      ],
    }),
  );
}

/** One without room for a control plane, and all together without room for another set of pods. Returns them, the full one first. */
function crowdedSubnets({ sandbox }: World): readonly string[] {
  const { network } = sandbox.aws.account;
  for (const [index, subnetId] of SUBNET_IDS.entries())
    network.setAvailableAddresses(subnetId, index === 0 ? 2 : 6);
  return SUBNET_IDS;
}

/** The last thing that is done to blue: it takes no other change meanwhile. */
async function keepUpdating(world: World): Promise<void> {
  const outcome = { kind: 'stuck' };
  await setAtEks(world, 'outcomes', { kind: 'cluster-update', cluster: BLUE, outcome });
  const clusterLogging = [{ types: ['audit' as const], enabled: true }];
  await world.eks.send(new UpdateClusterConfigCommand({ name: BLUE, logging: { clusterLogging } }));
}

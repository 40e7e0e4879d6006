/** EKS with a blue cluster as a platform team leaves it, and no green yet: emulated, and in memory. */
import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  CreatePodIdentityAssociationCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribePodIdentityAssociationCommand,
  ListAccessEntriesCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import { createEksAccess } from '#activities/adapters/aws/eks-access.ts';
import { createEksAddons } from '#activities/adapters/aws/eks-addons.ts';
import { createEksClusters } from '#activities/adapters/aws/eks-clusters.ts';
import { createEksNodegroups } from '#activities/adapters/aws/eks-nodegroups.ts';
import { createKroProvisioner } from '#activities/adapters/kro/kro-provisioner.ts';
import { createEksProvisioner } from '#activities/adapters/provision/eks-provisioner.ts';
import { provisionerByWay } from '#activities/adapters/provision/provisioner-by-way.ts';
import type { CreationIdentity } from '#activities/ports/clusters.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { ROLES, SECURITY_GROUPS, SUBNETS } from '#sandbox/aws/seed.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { ACCESS, startEmulatedAws, type EmulatedAws } from './emulated-aws.ts';

export interface EksUnderTest {
  readonly ports: Pick<
    Ports,
    'clusters' | 'nodegroups' | 'provisioner' | 'addons' | 'clusterAccess'
  >;
  /** 1.34, ACTIVE, protected from deletion; node group `workers`; add-on `vpc-cni`; one person's and one node role's entry. */
  readonly blue: ClusterRef;
  /** Does not exist. */
  readonly green: ClusterRef;
  /** By service account, `namespace/name`: the role that its pods get by Pod Identity. Blue's is shop/orders, and one of an add-on's. */
  podIdentities(cluster: ClusterRef): Promise<ReadonlyMap<string, string>>;
  /** Somebody's security group lets the members of this one in at a port. */
  admit(groupId: string, port: number): Promise<void>;
  /** Principals that a cluster admits. */
  entries(cluster: ClusterRef): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const identity = (step: string): CreationIdentity => ({
  clientToken: `cutover-aaaaaaaaaaaa-${step}`,
  tags: { 'cutover/workflow-id': 'migrate/1/eu/blue', 'cutover/migration-id': 'aaaaaaaaaaaa' },
});

/** Green, made and ACTIVE. */
export async function createGreen({ ports, blue, green }: EksUnderTest): Promise<void> {
  const { signal } = new AbortController();
  const wanted = { ...green, version: '1.36' };
  await ports.clusters.createLike(blue, wanted, identity('green'), signal);
  await eventually('green to be ACTIVE', async () => {
    const found = await ports.clusters.describe(green, signal);
    return found?.status === 'ACTIVE';
  });
}

export async function fakeEksUnderTest(): Promise<EksUnderTest> {
  const { ports, world } = createFakeWorld();
  const access = world.plan.spec.access.default;
  world.eks.cluster({ access, name: 'shop-blue' }).podIdentities.set('shop/orders', ROLES.orders);
  return {
    ports,
    blue: { access, name: 'shop-blue' },
    green: { access, name: 'shop-green' },
    podIdentities: async (cluster) => world.eks.cluster(cluster).podIdentities,
    admit: async (_, port) => {
      const ports = { protocol: 'tcp', fromPort: port, toPort: port };
      world.eks.admittingRules = [{ groupId: 'sg-database', groupName: 'database', ...ports }];
    },
    entries: async (cluster) => [...world.eks.cluster(cluster).entries.keys()],
    stop: async () => undefined,
  };
}

export async function emulatedEksUnderTest(): Promise<
  EksUnderTest & { readonly aws: EmulatedAws }
> {
  const aws = await startEmulatedAws();
  const { clients } = aws;
  await createBlue(aws);
  const clusters = createEksClusters({ clients });
  const nodegroups = createEksNodegroups({ clients });
  const eks = createEksProvisioner({ clusters, nodegroups });
  const kubernetes = { connect: async () => Promise.reject(new Error('no hub')) };
  return {
    aws,
    ports: {
      clusters,
      nodegroups,
      provisioner: provisionerByWay({
        eks,
        kro: createKroProvisioner({ clients, clusters, kubernetes, eks }),
      }),
      addons: createEksAddons({ clients }),
      clusterAccess: createEksAccess({ clients }),
    },
    blue: { access: ACCESS, name: 'shop-blue' },
    green: { access: ACCESS, name: 'shop-green' },
    podIdentities: async ({ name: clusterName }) => {
      const { eks } = aws.owner;
      const { associations = [] } = await eks.send(
        new ListPodIdentityAssociationsCommand({ clusterName }),
      );
      const described = associations.map(async ({ associationId }) => {
        const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
        const { association } = await eks.send(command);
        const { namespace = '', serviceAccount = '', roleArn = '' } = association ?? {};
        return [`${namespace}/${serviceAccount}`, roleArn] as const;
      });
      return new Map(await Promise.all(described));
    },
    admit: async (GroupId, port) => {
      const ports = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
      await aws.owner.ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: SECURITY_GROUPS.nodes,
          IpPermissions: [{ ...ports, UserIdGroupPairs: [{ GroupId }] }],
        }),
      );
    },
    entries: async ({ name }) => {
      const command = new ListAccessEntriesCommand({ clusterName: name });
      return (await aws.owner.eks.send(command)).accessEntries ?? [];
    },
    stop: () => aws.stop(),
  };
}

const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';

export async function createBlue({ owner: { eks } }: EmulatedAws): Promise<void> {
  const clusterName = 'shop-blue';
  const subnets = SUBNETS.map(({ subnetId }) => subnetId);
  await eks.send(
    new CreateClusterCommand({
      name: clusterName,
      version: '1.34',
      roleArn: ROLES.cluster,
      resourcesVpcConfig: { subnetIds: subnets, endpointPrivateAccess: true },
      accessConfig: { authenticationMode: 'API' },
      deletionProtection: true,
      tags: { team: 'shop', Name: 'shop-blue', 'karpenter.sh/discovery': 'shop-blue' },
    }),
  );
  await eventually('blue to be ACTIVE', async () => {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName }));
    return cluster?.status === 'ACTIVE';
  });
  await eks.send(
    new CreateNodegroupCommand({
      clusterName,
      nodegroupName: 'workers',
      subnets,
      nodeRole: ROLES.node,
      scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 },
      instanceTypes: ['m7g.large'],
      labels: { pool: 'general' },
      tags: { team: 'shop' },
    }),
  );
  await eks.send(
    new CreateAddonCommand({
      clusterName,
      addonName: 'vpc-cni',
      addonVersion: 'v1.20.4-eksbuild.2',
      configurationValues: JSON.stringify({ enableNetworkPolicy: 'true' }),
      resolveConflicts: 'OVERWRITE',
      podIdentityAssociations: [{ serviceAccount: 'aws-node', roleArn: ROLES.orders }],
    }),
  );
  await eks.send(
    new CreatePodIdentityAssociationCommand({
      clusterName,
      namespace: 'shop',
      serviceAccount: 'orders',
      roleArn: ROLES.orders,
      tags: { team: 'shop' },
    }),
  );
  await eventually('blue to have its node group', async () => {
    const { nodegroup } = await eks.send(
      new DescribeNodegroupCommand({ clusterName, nodegroupName: 'workers' }),
    );
    return nodegroup?.status === 'ACTIVE';
  });
  const principalArn = ROLES.operator;
  await eks.send(new CreateAccessEntryCommand({ clusterName, principalArn, type: 'STANDARD' }));
  await eks.send(
    new AssociateAccessPolicyCommand({
      clusterName,
      principalArn,
      policyArn: VIEW,
      accessScope: { type: 'namespace', namespaces: ['shop'] },
    }),
  );
}

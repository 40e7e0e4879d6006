/**
 * A cluster as a platform team would have left it: made through the EKS API like any other (version 1.34, one node group, two
 * add-ons, people's access). Done with the sandbox's own credentials, so that the audit tells it from the engine's work.
 */
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  type EKSClient,
} from '@aws-sdk/client-eks';
import { ROLES, SECURITY_GROUPS, SUBNETS } from '#sandbox/aws/seed.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';

const NODEGROUP = 'workers';
const ADDONS = ['vpc-cni', 'coredns'] as const;
const ADMIN_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
const VIEW_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
const TIMEOUT_MS = 120_000;

/** Returns when the cluster, its nodes and its add-ons are ACTIVE. */
export async function seedCluster(eks: EKSClient, clusterName: string): Promise<void> {
  await createCluster(eks, clusterName);
  await Promise.all([
    admit(eks, clusterName, ROLES.engine, ADMIN_POLICY),
    admit(eks, clusterName, ROLES.operator, VIEW_POLICY),
  ]);
  await createNodegroup(eks, clusterName);
  await Promise.all(ADDONS.map((addon) => createAddon(eks, clusterName, addon)));
}

async function createCluster(eks: EKSClient, name: string): Promise<void> {
  await eks.send(
    new CreateClusterCommand({
      name,
      version: '1.34',
      roleArn: ROLES.cluster,
      resourcesVpcConfig: {
        subnetIds: SUBNETS.map(({ subnetId }) => subnetId),
        securityGroupIds: [SECURITY_GROUPS.nodes],
        endpointPrivateAccess: true,
      },
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      deletionProtection: true,
      tags: { team: 'shop', environment: 'production' },
    }),
  );
  await ready(`cluster ${name}`, async () => {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    return cluster?.status;
  });
}

async function admit(
  eks: EKSClient,
  clusterName: string,
  principalArn: string,
  policyArn: string,
): Promise<void> {
  await eks.send(new CreateAccessEntryCommand({ clusterName, principalArn, type: 'STANDARD' }));
  await eks.send(
    new AssociateAccessPolicyCommand({
      clusterName,
      principalArn,
      policyArn,
      accessScope: { type: 'cluster' },
    }),
  );
}

async function createNodegroup(eks: EKSClient, clusterName: string): Promise<void> {
  await eks.send(
    new CreateNodegroupCommand({
      clusterName,
      nodegroupName: NODEGROUP,
      nodeRole: ROLES.node,
      subnets: SUBNETS.map(({ subnetId }) => subnetId),
      instanceTypes: ['m7i.large'],
      amiType: 'AL2023_x86_64_STANDARD',
      scalingConfig: { minSize: 2, maxSize: 6, desiredSize: 3 },
      labels: { pool: 'workers' },
    }),
  );
  await ready(`node group ${NODEGROUP}`, async () => {
    const { nodegroup } = await eks.send(
      new DescribeNodegroupCommand({ clusterName, nodegroupName: NODEGROUP }),
    );
    return nodegroup?.status;
  });
}

async function createAddon(eks: EKSClient, clusterName: string, addonName: string): Promise<void> {
  await eks.send(new CreateAddonCommand({ clusterName, addonName }));
  await ready(`add-on ${addonName}`, async () => {
    const { addon } = await eks.send(new DescribeAddonCommand({ clusterName, addonName }));
    return addon?.status;
  });
}

async function ready(what: string, status: () => Promise<string | undefined>): Promise<void> {
  const settled = await waitUntil(
    async () => {
      const last = await status();
      return last === 'ACTIVE' || (last?.endsWith('FAILED') ?? false) ? last : undefined;
    },
    { what: `${what} to be ACTIVE`, timeoutMs: TIMEOUT_MS, intervalMs: 250 },
  );
  if (settled !== 'ACTIVE')
    throw new Error(`${what} is ${settled}; the emulator's stderr says why`);
}

/**
 * Blue as a platform team would have left it: made through the EKS API like any cluster (version 1.34, one node group, two
 * add-ons, people's access), with the shop on it. Done with the sandbox's own credentials, so that the audit tells it
 * from the engine's work.
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
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import type { KubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { ROLES, SECURITY_GROUPS, SUBNETS } from '#sandbox/aws/seed.ts';
import { deployments } from '#sandbox/kubernetes/resources.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { applyShop } from '#sandbox/shop/apply-shop.ts';
import { SHOP_NAMESPACE_NAME, type ShopFrontDoor } from '#sandbox/shop/manifests.ts';

export const BLUE = 'shop-blue';
const NODEGROUP = 'workers';
const ADDONS = ['vpc-cni', 'coredns'] as const;
const ADMIN_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
const VIEW_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
const TIMEOUT_MS = 120_000;

/** @param frontDoor how users come to the shop on blue */
export async function seedBlue(
  eks: EKSClient,
  backend: KubernetesBackend,
  frontDoor: ShopFrontDoor,
): Promise<void> {
  await createCluster(eks);
  await Promise.all([
    admit(eks, ROLES.engine, ADMIN_POLICY),
    admit(eks, ROLES.operator, VIEW_POLICY),
  ]);
  await createNodegroup(eks);
  await Promise.all(ADDONS.map((addon) => createAddon(eks, addon)));
  await deployShop(backend, frontDoor);
}

async function createCluster(eks: EKSClient): Promise<void> {
  await eks.send(
    new CreateClusterCommand({
      name: BLUE,
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
  await ready(`cluster ${BLUE}`, async () => {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: BLUE }));
    return cluster?.status;
  });
}

async function admit(eks: EKSClient, principalArn: string, policyArn: string): Promise<void> {
  await eks.send(
    new CreateAccessEntryCommand({ clusterName: BLUE, principalArn, type: 'STANDARD' }),
  );
  await eks.send(
    new AssociateAccessPolicyCommand({
      clusterName: BLUE,
      principalArn,
      policyArn,
      accessScope: { type: 'cluster' },
    }),
  );
}

async function createNodegroup(eks: EKSClient): Promise<void> {
  await eks.send(
    new CreateNodegroupCommand({
      clusterName: BLUE,
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
      new DescribeNodegroupCommand({ clusterName: BLUE, nodegroupName: NODEGROUP }),
    );
    return nodegroup?.status;
  });
}

async function createAddon(eks: EKSClient, addonName: string): Promise<void> {
  await eks.send(new CreateAddonCommand({ clusterName: BLUE, addonName }));
  await ready(`add-on ${addonName}`, async () => {
    const { addon } = await eks.send(new DescribeAddonCommand({ clusterName: BLUE, addonName }));
    return addon?.status;
  });
}

async function deployShop(backend: KubernetesBackend, frontDoor: ShopFrontDoor): Promise<void> {
  const plane = backend.controlPlane(BLUE);
  if (plane === undefined) throw new Error(`cluster is not running [cluster=${BLUE}]`);
  await applyShop(plane.client, {
    frontDoor,
    securityGroupId: SHOP_FRONT_DOOR.securityGroupId,
  });
  await waitUntil(
    async () => {
      const { items: found } = await plane.client.list(deployments, {
        namespace: SHOP_NAMESPACE_NAME,
      });
      return found.length > 0 && found.every(({ status }) => status.availableReplicas > 0);
    },
    { what: 'the shop to be available on blue', timeoutMs: TIMEOUT_MS },
  );
}

async function ready(what: string, status: () => Promise<string | undefined>): Promise<void> {
  const settled = await waitUntil(
    async () => {
      const last = await status();
      return last === 'ACTIVE' || (last?.endsWith('FAILED') ?? false) ? last : undefined;
    },
    {
      what: `${what} to be ACTIVE`,
      timeoutMs: TIMEOUT_MS,
      intervalMs: 250,
    },
  );
  if (settled !== 'ACTIVE')
    throw new Error(`${what} is ${settled}; the emulator's stderr says why`);
}

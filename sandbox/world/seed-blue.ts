/** Blue, with the shop on it: what the sandbox's migration begins with. */
import type { EKSClient } from '@aws-sdk/client-eks';
import type { IAMClient } from '@aws-sdk/client-iam';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import type { KubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import { deployments } from '#sandbox/kubernetes/resources.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { applyShop } from '#sandbox/shop/apply-shop.ts';
import { CATALOG, SHOP_NAMESPACE_NAME, type ShopFrontDoor } from '#sandbox/shop/manifests.ts';
import { seedCluster } from './seed-cluster.ts';
import { seedPodRole, type PodRole } from './seed-pod-role.ts';

export const BLUE = 'shop-blue';
/** What the shop's catalog reads the account with. */
export const CATALOG_ROLE: PodRole = {
  cluster: BLUE,
  namespace: SHOP_NAMESPACE_NAME,
  serviceAccount: CATALOG,
  roleName: 'shop-catalog',
};
const TIMEOUT_MS = 120_000;

/** @param frontDoor how users come to the shop on blue */
export async function seedBlue(
  clients: { readonly eks: EKSClient; readonly iam: IAMClient },
  backend: KubernetesBackend,
  frontDoor: ShopFrontDoor,
): Promise<void> {
  await seedCluster(clients.eks, BLUE);
  await deployShop(backend, frontDoor, await seedPodRole(clients, CATALOG_ROLE));
}

async function deployShop(
  backend: KubernetesBackend,
  frontDoor: ShopFrontDoor,
  catalogRoleArn: string,
): Promise<void> {
  const plane = backend.controlPlane(BLUE);
  if (plane === undefined) throw new Error(`cluster is not running [cluster=${BLUE}]`);
  await applyShop(plane.client, {
    frontDoor,
    catalogRoleArn,
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

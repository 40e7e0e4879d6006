/**
 * What every cluster of the sandbox gets besides its control plane: the load balancer controller's stand-in, and the
 * shop's eyes on its pods. Put around the clusters' backend, so that a cluster made by anybody through the EKS API has
 * them from its first moment and loses them with its last.
 */
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { KubernetesBackend } from '#sandbox/aws/eks/kubernetes-backend.ts';
import {
  startLoadBalancerController,
  type LoadBalancerController,
} from '#sandbox/load-balancer-controller/controller.ts';
import type { ShopClient } from './shop-client.ts';

export interface FollowersParts {
  readonly backend: KubernetesBackend;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly shop: ShopClient;
}

export function withFollowers({ backend, elbv2, shop }: FollowersParts): KubernetesBackend {
  const controllers = new Map<string, LoadBalancerController>();

  async function leave(name: string): Promise<void> {
    const controller = controllers.get(name);
    if (controller === undefined) return;
    controllers.delete(name);
    await controller.stop();
    await shop.unregisterCluster(name);
  }

  return {
    ...backend,
    start: async (cluster) => {
      const endpoint = await backend.start(cluster);
      const plane = backend.controlPlane(cluster.name);
      if (plane === undefined)
        throw new Error(`cluster ended while it started [cluster=${cluster.name}]`);
      controllers.set(
        cluster.name,
        await startLoadBalancerController({
          clusterName: cluster.name,
          client: plane.client,
          elbv2,
        }),
      );
      await shop.registerCluster(cluster.name, {
        endpoint: plane.endpoint,
        caData: plane.caData,
        bearerToken: plane.adminToken,
      });
      return endpoint;
    },
    stop: async (name) => {
      await leave(name);
      await backend.stop(name);
    },
    stopAll: async () => {
      await Promise.all([...controllers.keys()].map(leave));
      await backend.stopAll();
    },
  };
}

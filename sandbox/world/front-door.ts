/**
 * How users come to the shop on blue: by a rule of a load balancer that the platform team owns outside the clusters, or by one
 * that blue's load balancer controller makes of an Ingress. Called by sandbox.ts.
 */
import {
  DescribeListenersCommand,
  DescribeTagsCommand,
  paginateDescribeLoadBalancers,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { request } from 'undici';
import type { Elbv2World } from '#sandbox/aws/elbv2/elbv2-world.ts';
import {
  seedGreenTargetGroup,
  seedShopFrontDoor,
  SHOP_FRONT_DOOR,
} from '#sandbox/aws/elbv2/seed.ts';
import { SUBNETS } from '#sandbox/aws/seed.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import type { ShopFrontDoor } from '#sandbox/shop/manifests.ts';

export type FrontDoorKind = 'rule' | 'ingress';

const TIMEOUT_MS = 60_000;
/** Answers in a row that show that every node serves by the newest rules. */
const ANSWERS_IN_A_ROW = 20;

/** What stands before blue does, and what the shop on blue has to bring. */
export async function seedFrontDoor(
  world: Elbv2World,
  kind: FrontDoorKind,
  port: number,
): Promise<ShopFrontDoor> {
  if (kind === 'ingress') {
    seedGreenTargetGroup(world);
    return { kind: 'ingress', port, subnetIds: SUBNETS.map(({ subnetId }) => subnetId) };
  }
  await seedShopFrontDoor(world, port);
  return { kind: 'binding', targetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn };
}

/** ARN of the listener that users meet, once they are served well. */
export async function frontDoorListener(
  client: ElasticLoadBalancingV2Client,
  kind: FrontDoorKind,
  url: string,
): Promise<string> {
  const listenerArn =
    kind === 'rule'
      ? SHOP_FRONT_DOOR.listenerArn
      : await waitUntil(async () => madeListener(client), {
          what: "blue's controller to have made the shop's load balancer",
          timeoutMs: TIMEOUT_MS,
        });
  let inARow = 0;
  await waitUntil(
    async () => {
      const answer = await request(url).catch(() => undefined);
      await answer?.body.dump();
      inARow = answer?.statusCode === 200 ? inARow + 1 : 0;
      return inARow >= ANSWERS_IN_A_ROW;
    },
    { what: `${url} to serve the shop`, timeoutMs: TIMEOUT_MS, intervalMs: 50 },
  );
  return listenerArn;
}

async function madeListener(client: ElasticLoadBalancingV2Client): Promise<string | undefined> {
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers({ client }, {})) {
    for (const { LoadBalancerArn } of LoadBalancers) {
      const { TagDescriptions } = await client.send(
        new DescribeTagsCommand({ ResourceArns: [LoadBalancerArn ?? ''] }),
      );
      const isMade = TagDescriptions?.[0]?.Tags?.some(({ Key }) => Key === 'ingress.k8s.aws/stack');
      if (isMade !== true) continue;
      const { Listeners } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
      return Listeners?.[0]?.ListenerArn;
    }
  }
  return undefined;
}

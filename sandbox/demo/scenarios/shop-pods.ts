/** Pods of the shop's front that come and go, as somebody's `kubectl scale` or a broken image would have it. */
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { deployments } from '#sandbox/kubernetes/resources.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';
import type { GREEN } from '../figures.ts';
import type { Stage } from '../stage.ts';

/** Returns when the load balancer has seen it: as many targets healthy as there are pods now. */
export async function scaleFront(
  stage: Stage,
  cluster: typeof BLUE | typeof GREEN,
  replicas: number,
): Promise<void> {
  const plane = stage.sandbox.clusters.controlPlane(cluster);
  if (plane === undefined) throw new Error(`cluster is not running [cluster=${cluster}]`);
  const front = { namespace: SHOP_NAMESPACE_NAME, name: 'web' };
  await plane.client.patch(deployments, front, { spec: { replicas } });
  const { blueTargetGroupArn, greenTargetGroupArn } = SHOP_FRONT_DOOR;
  const arn = cluster === BLUE ? blueTargetGroupArn : greenTargetGroupArn;
  await stage.until(
    `${cluster} to have ${replicas} healthy targets`,
    () => stage.sandbox.elbv2.world.dataPlane.targetGroup(arn)?.count('healthy') === replicas,
  );
}

/** Routes that no step may be taken on, or that somebody else has a hand in. */
import {
  AddTagsCommand,
  DescribeTagsCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import type { Hazard } from './hazard.ts';
import { makeOwnedIngress } from './owned-ingress.ts';
import { networkRoute, ruleRoute, targetGroup, type PlanRoute } from './load-balancers.ts';
import { until, type World } from './world.ts';

export interface Routes {
  /** Of one plan, beside the shop's own. */
  readonly harmed: readonly PlanRoute[];
  /** Whose green is blue's own target group. */
  readonly same: PlanRoute;
  /** Of which nobody counts anything. */
  readonly uncounted: PlanRoute;
  readonly hazards: readonly Hazard[];
  readonly sameHazards: readonly Hazard[];
  readonly uncountedHazards: readonly Hazard[];
}

const STICKY_SECONDS = 3_600;

export async function makeRoutes(world: World): Promise<Routes> {
  const [idleBlue, green, slowGreen] = [
    await targetGroup(world, 'idle-blue'),
    await targetGroup(world, 'harmed-green'),
    await targetGroup(world, 'slow-green'),
  ];
  const blue = SHOP_FRONT_DOOR.blueTargetGroupArn;
  const [owned, uncounted] = await Promise.all([
    makeOwnedIngress(world),
    networkRoute(world, 'feed'),
    ownRule(world, SHOP_FRONT_DOOR.ruleArn),
    letGoSlowly(world, slowGreen),
  ]);
  const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: STICKY_SECONDS };
  return {
    harmed: [
      await ruleRoute(world, { id: 'idle', priority: 1, blue: idleBlue, green }),
      await ruleRoute(world, { id: 'begun', priority: 2, blue, green, greenWeight: 10 }),
      await ruleRoute(world, {
        id: 'sticky',
        priority: 3,
        blue,
        green,
        TargetGroupStickinessConfig,
      }),
      await ruleRoute(world, { id: 'slow', priority: 4, blue, green: slowGreen }),
      { ...owned.asIngress, id: 'door', green: await targetGroup(world, 'door-green') },
      { ...owned.asRule, id: 'behind-door', green },
    ],
    same: { ...owned.asIngress, id: 'same', green: owned.blueTargetGroupArn },
    uncounted,
    hazards: [
      { code: 'blue-unhealthy-targets', resource: idleBlue },
      { code: 'users-on-green', resource: 'begun' },
      { code: 'sticky-outlasts-bake', resource: 'sticky' },
      { code: 'shed-slower-than-promised', resource: slowGreen },
      { code: 'weights-owner', resource: 'web' },
      { code: 'front-door-goes-with-blue', resource: owned.loadBalancerArn },
      { code: 'route-owned-elsewhere', resource: 'door' },
      { code: 'load-balancer-owned-by-blue', resource: owned.loadBalancerArn },
    ],
    sameHazards: [{ code: 'same-target-group', resource: owned.blueTargetGroupArn }],
    uncountedHazards: [{ code: 'no-truth-source', resource: 'feed' }],
  };
}

/** Terraform's, as teams tag it. */
async function ownRule({ elb }: World, ruleArn: string): Promise<void> {
  const ResourceArns = [ruleArn];
  const tag = { Key: 'managed-by', Value: 'terraform' };
  await elb.send(new AddTagsCommand({ ResourceArns, Tags: [tag] }));
  await until('the tag to be seen', async () => {
    const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
    return TagDescriptions?.[0]?.Tags?.some(({ Key }) => Key === tag.Key);
  });
}

async function letGoSlowly({ elb }: World, TargetGroupArn: string): Promise<void> {
  const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '3600' };
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [delay] }));
}

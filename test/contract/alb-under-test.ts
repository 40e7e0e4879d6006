/** The seeded front door of the emulated account, as the contracts of router, smoke door and target groups want it. */
import {
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTagsCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  type Action,
  type TargetGroupTuple,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createAlbRouter } from '#activities/adapters/aws/alb-router.ts';
import { createAlbSmokeDoor } from '#activities/adapters/aws/alb-smoke-door.ts';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createCapsuleCalls } from '#activities/adapters/capsules/capsule-calls.ts';
import { createHttpProbe } from '#activities/adapters/http/http-probe.ts';
import type { KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { PlannedRouteRef, RouteRef } from '#activities/ports/traffic-router.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { ACCESS, PODS, startEmulatedAws, type EmulatedAws } from './emulated-aws.ts';
import type { AlbPlace } from '#domain/traffic/route-place.ts';
import type { DoorUnderTest } from './smoke-door.contract.ts';
import type { TargetGroupsUnderTest } from './target-groups.contract.ts';
import type { RouterUnderTest } from './traffic-router.contract.ts';

/** Of no meaning to a rule that nobody's controller owns. */
export const BLUE_CLUSTER: RouteRef['blue'] = {
  access: ACCESS,
  name: 'shop-blue',
  arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-blue',
  createdAt: '2026-01-01T00:00:00.000Z',
};

export const ROUTE: RouteRef<AlbPlace> & PlannedRouteRef<'alb'> = {
  access: ACCESS,
  id: 'web',
  with: 'alb',
  acceptSticky: false,
  blue: BLUE_CLUSTER,
  ruleArn: SHOP_FRONT_DOOR.ruleArn,
  blueTargetGroupArn: SHOP_FRONT_DOOR.blueTargetGroupArn,
  greenTargetGroupArn: SHOP_FRONT_DOOR.greenTargetGroupArn,
};

/** A rule's way back asks nothing of a cluster. */
export const NO_KUBERNETES: KubernetesClusters = {
  connect: async ({ name }) => {
    throw new Error(`nobody asked for ${name}`);
  },
};

const clock = { nowMs: () => Date.now() };
const { signal } = new AbortController();

export async function albRouterUnderTest(): Promise<
  RouterUnderTest<AlbPlace> & { readonly aws: EmulatedAws }
> {
  const aws = await startEmulatedAws();
  return {
    aws,
    router: createAlbRouter({ clients: aws.clients, clock }),
    route: ROUTE,
    missing: { ...ROUTE, ruleArn: ROUTE.ruleArn.replace(/[^/]{4}$/u, 'dead') },
    calls: createCapsuleCalls({ clients: aws.clients, kubernetes: NO_KUBERNETES }),
    rule: async () => {
      const described = await aws.owner.elb.send(
        new DescribeRulesCommand({ RuleArns: [ROUTE.ruleArn] }),
      );
      return JSON.stringify(described.Rules);
    },
    stick: async (seconds) => rewrite(aws, [{ TargetGroupArn: ROUTE.blueTargetGroupArn }], seconds),
    foreignEdit: async () =>
      rewrite(aws, [
        { TargetGroupArn: ROUTE.greenTargetGroupArn, Weight: 1 },
        { TargetGroupArn: await strangersGroup(aws), Weight: 1 },
      ]),
    nowMs: clock.nowMs,
    stop: () => aws.stop(),
  };
}

/** Somebody else's hand on the rule. */
async function rewrite(
  { owner }: EmulatedAws,
  TargetGroups: TargetGroupTuple[],
  stickySeconds?: number,
): Promise<void> {
  const TargetGroupStickinessConfig =
    stickySeconds === undefined
      ? { Enabled: false }
      : { Enabled: true, DurationSeconds: stickySeconds };
  const ForwardConfig = { TargetGroups, TargetGroupStickinessConfig };
  const Actions: Action[] = [{ Type: 'forward', ForwardConfig }];
  await owner.elb.send(new ModifyRuleCommand({ RuleArn: ROUTE.ruleArn, Actions }));
}

export async function strangersGroup({ owner }: EmulatedAws): Promise<string> {
  const { TargetGroups: known } = await owner.elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [ROUTE.blueTargetGroupArn] }),
  );
  const { TargetGroups } = await owner.elb.send(
    new CreateTargetGroupCommand({
      Name: 'stranger',
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      VpcId: known?.[0]?.VpcId,
    }),
  );
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
}

export async function albDoorUnderTest(): Promise<
  DoorUnderTest<AlbPlace> & { readonly aws: EmulatedAws }
> {
  const aws = await startEmulatedAws();
  await registerPods(aws);
  const router = createAlbRouter({ clients: aws.clients, clock });
  await router.attach(ROUTE, (await router.describe(ROUTE, signal)).before, signal);
  await bothHealthy(aws);
  const url = await frontDoorUrl(aws);
  const probe = createHttpProbe();
  return {
    aws,
    door: createAlbSmokeDoor({ clients: aws.clients }),
    route: ROUTE,
    ask: async (headers) => {
      const { status } = await probe.get(`${url}/`, { headers, timeoutMs: 2000 }, signal);
      return status === 201 ? 'green' : status === 200 ? 'blue' : 'nobody';
    },
    rules: async () => describeRules(aws),
    stop: () => aws.stop(),
  };
}

export async function albTargetGroupsUnderTest(): Promise<TargetGroupsUnderTest> {
  const aws = await startEmulatedAws();
  await registerPods(aws);
  return {
    targetGroups: createTargetGroups({ clients: aws.clients }),
    access: ACCESS,
    inUse: { arn: ROUTE.blueTargetGroupArn, targets: 1 },
    unused: { arn: ROUTE.greenTargetGroupArn },
    loadBalancerArn: SHOP_FRONT_DOOR.loadBalancerArn,
    release: async () => undefined,
    crossZones: async (crosses) => {
      await aws.owner.elb.send(
        new ModifyTargetGroupAttributesCommand({
          TargetGroupArn: ROUTE.blueTargetGroupArn,
          Attributes: [{ Key: 'load_balancing.cross_zone.enabled', Value: String(crosses) }],
        }),
      );
    },
    stop: () => aws.stop(),
  };
}

/** All rules of the listener with their tags. */
async function describeRules(aws: EmulatedAws): Promise<string> {
  const { elb } = aws.owner;
  const { Rules = [] } = await elb.send(
    new DescribeRulesCommand({ ListenerArn: SHOP_FRONT_DOOR.listenerArn }),
  );
  const { TagDescriptions } = await elb.send(
    new DescribeTagsCommand({ ResourceArns: Rules.map(({ RuleArn }) => RuleArn ?? '') }),
  );
  return JSON.stringify({ Rules, TagDescriptions }, undefined, 1);
}

async function registerPods({ owner }: EmulatedAws): Promise<void> {
  for (const [TargetGroupArn, pod] of [
    [ROUTE.blueTargetGroupArn, PODS.blue],
    [ROUTE.greenTargetGroupArn, PODS.green],
  ]) {
    const [Id, Port] = pod?.split(':') ?? [];
    const Targets = [{ Id, Port: Number(Port) }];
    await owner.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  }
}

async function bothHealthy(aws: EmulatedAws): Promise<void> {
  const targetGroups = createTargetGroups({ clients: aws.clients });
  for (const arn of [ROUTE.blueTargetGroupArn, ROUTE.greenTargetGroupArn])
    await eventually(`a healthy target in ${arn}`, async () => {
      const { healthy } = await targetGroups.readHealth(ACCESS, arn, signal);
      return healthy > 0;
    });
}

async function frontDoorUrl({ owner }: EmulatedAws): Promise<string> {
  const { Listeners } = await owner.elb.send(
    new DescribeListenersCommand({ ListenerArns: [SHOP_FRONT_DOOR.listenerArn] }),
  );
  return `http://127.0.0.1:${String(Listeners?.[0]?.Port)}`;
}

/**
 * Long-lived connections leave green after a rollback (I1): on the fake world what is done, and through the emulated load
 * balancer that an open WebSocket really ends, and comes back to blue.
 */
import {
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createActivities } from '#activities/create-activities.ts';
import type { GreenInput } from '#activities/contract.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { ACCESS, PODS, startEmulatedAws, type EmulatedAws } from '#test/contract/emulated-aws.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { createStage, environment, failureOf, readyInput } from '#test/activities/run-activity.ts';

describe('shedding green', () => {
  it("deletes green's bindings, takes its targets out and waits until they have left", async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    stage.world.loadBalancer.leaving.set(input.resolved.routes[0]?.greenTargetGroupArn ?? '', 2);

    const first = failureOf(stage.once(async () => stage.activities.shedGreen(input)));
    expect(await first).toBe('waiting');
    await stage.settled(async () => stage.activities.shedGreen(input));

    expect(stage.world.greenKubernetes.all('targetgroupbindings')).toEqual([]);
    expect(stage.world.blueKubernetes.all('targetgroupbindings')).toHaveLength(1);
  });

  it('leaves bindings alone that no migration brought, and those of other target groups', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    const { greenKubernetes } = stage.world;
    const [ours] = greenKubernetes.all('targetgroupbindings');
    if (ours === undefined) throw new Error('green has no binding');
    const { labels: _, ...metadata } = ours.metadata;
    greenKubernetes.seed('targetgroupbindings', {
      ...ours,
      metadata: { ...metadata, name: 'theirs' },
    });
    greenKubernetes.seed('targetgroupbindings', {
      ...ours,
      metadata: { ...ours.metadata, name: 'elsewhere' },
      spec: { targetGroupARN: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/other/1' },
    });

    await failureOf(stage.once(async () => stage.activities.shedGreen(input)));

    const left = greenKubernetes.all('targetgroupbindings').map(({ metadata: { name } }) => name);
    expect(left.toSorted()).toEqual(['elsewhere', 'theirs']);
  });

  it('deletes a binding once, however long its finalizer keeps it', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    const { greenKubernetes } = stage.world;
    const [ours] = greenKubernetes.all('targetgroupbindings');
    if (ours === undefined) throw new Error('green has no binding');
    const deletionTimestamp = '2026-11-26T11:30:00Z';
    greenKubernetes.seed('targetgroupbindings', {
      ...ours,
      metadata: { ...ours.metadata, deletionTimestamp },
    });

    await failureOf(stage.once(async () => stage.activities.shedGreen(input)));

    expect(stage.world.calls.writes('kubernetes.delete')).toEqual([]);
  });

  it('of a green that is gone still takes its targets out', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    stage.world.greenKubernetes.remove('targetgroupbindings', 'shop', 'web');
    for (const [key, { name }] of stage.world.eks.clusters)
      if (name === 'shop-green') stage.world.eks.clusters.delete(key);

    await stage.settled(async () => stage.activities.shedGreen(input));

    expect(stage.world.calls.writes('targetGroups.deregisterAll')).not.toHaveLength(0);
  });
});

describe('an open WebSocket', () => {
  let aws: EmulatedAws;
  beforeEach(async () => {
    aws = await startEmulatedAws();
  });
  afterEach(async () => aws.stop());

  it('to green stays there while weights go back, is closed within the delay, and comes back to blue', async () => {
    const url = await frontDoor(aws);
    await furnish(aws);
    await send(aws, 'green');
    const live = await eventually('a WebSocket to green', async () => connection(url, PODS.green));
    await send(aws, 'blue');
    await eventually('new WebSockets to go to blue', async () => {
      const next = await connection(url, PODS.blue);
      if (next !== false) next.socket.close();
      return next !== false;
    });
    expect(live.socket.readyState).toBe(WebSocket.OPEN);

    const shedMs = Date.now();
    await shed(aws);
    await live.closed;

    // 5 s at a tenth of AWS's pace, and what a busy machine adds.
    expect(Date.now() - shedMs).toBeLessThan(10_000);
    const again = await connection(url, PODS.blue);
    expect(again).not.toBe(false);
    if (again !== false) again.socket.close();
  }, 60_000);
});

interface Live {
  readonly socket: WebSocket;
  readonly closed: Promise<void>;
}

/** An open connection that this pod greeted; false where another one did. */
async function connection(url: string, pod: string): Promise<Live | false> {
  const socket = new WebSocket(`${url}/live`);
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => resolve());
  });
  const greeting = await Promise.race([
    new Promise<unknown>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(data));
    }),
    closed,
  ]);
  if (greeting === pod) return { socket, closed };
  socket.close();
  return false;
}

async function frontDoor({ owner }: EmulatedAws): Promise<string> {
  const { Listeners } = await owner.elb.send(
    new DescribeListenersCommand({ ListenerArns: [SHOP_FRONT_DOOR.listenerArn] }),
  );
  return `ws://127.0.0.1:${String(Listeners?.[0]?.Port)}`;
}

async function furnish({ owner }: EmulatedAws): Promise<void> {
  for (const [TargetGroupArn, pod] of [
    [SHOP_FRONT_DOOR.blueTargetGroupArn, PODS.blue],
    [SHOP_FRONT_DOOR.greenTargetGroupArn, PODS.green],
  ] as const) {
    const [Id, Port] = pod.split(':');
    const Targets = [{ Id, Port: Number(Port) }];
    await owner.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }];
    await owner.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  }
}

async function send({ owner }: EmulatedAws, to: 'blue' | 'green'): Promise<void> {
  const { ruleArn, blueTargetGroupArn, greenTargetGroupArn } = SHOP_FRONT_DOOR;
  const TargetGroups = [
    { TargetGroupArn: blueTargetGroupArn, Weight: to === 'blue' ? 1 : 0 },
    { TargetGroupArn: greenTargetGroupArn, Weight: to === 'green' ? 1 : 0 },
  ];
  const Actions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
  await owner.elb.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions }));
}

/** The activity on the emulated target group; its cluster is the fake one. */
async function shed({ clients }: EmulatedAws): Promise<void> {
  const stage = createStage();
  const input = await readyInput(stage);
  const routes = input.resolved.routes.map((route) => ({
    ...route,
    greenTargetGroupArn: SHOP_FRONT_DOOR.greenTargetGroupArn,
  }));
  const { ports } = createFakeWorld();
  const activities = createActivities(
    { ...ports, targetGroups: createTargetGroups({ clients }) },
    QUICK_TIMINGS,
  );
  const { account, region } = ACCESS;
  const spec = { ...input.spec, access: { default: { account, region } } };
  const question: GreenInput = { ...input, spec, resolved: { ...input.resolved, routes } };
  await eventually('green to be shed', async () => {
    const ended = await failureOf(environment().run(async () => activities.shedGreen(question)));
    if (ended !== 'none' && ended !== 'waiting') throw new Error(ended);
    return ended === 'none';
  });
}

/**
 * The truth test of a Network Load Balancer, with nothing pretended: real connections through the emulated load balancer,
 * counted by who answered them, published by the pods to CloudWatch, and read by the engine as any other source.
 */
import { connect } from 'node:net';
import { once } from 'node:events';
import { PutMetricDataCommand, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createTargetGroups } from '#activities/adapters/aws/target-groups.ts';
import { createCloudWatchMetrics } from '#activities/adapters/metrics/cloudwatch-metrics.ts';
import { createActivities } from '#activities/create-activities.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { REGION, SANDBOX_CREDENTIALS } from '#sandbox/aws/seed.ts';
import { ACCESS, PODS } from '#test/contract/emulated-aws.ts';
import { nlbRouterUnderTest, type NlbUnderTest } from '#test/contract/nlb-under-test.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { eventually } from '#test/sandbox/data-plane/eventually.ts';
import { environment, REF, type Stage } from '#test/activities/run-activity.ts';

const { signal } = new AbortController();
const cloudWatch = createCloudWatch({ customLateness: { minMs: 0, maxMs: 0 } });
let under: NlbUnderTest;

beforeAll(async () => {
  under = await nlbRouterUnderTest({ services: () => [cloudWatch.service] });
  const { router, route, aws } = under;
  for (const [TargetGroupArn, pod] of [
    [route.blueTargetGroupArn, PODS.blue],
    [route.greenTargetGroupArn, PODS.green],
  ] as const) {
    const [Id, port] = pod.split(':');
    const Targets = [{ Id, Port: Number(port) }];
    await aws.owner.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  }
  await router.attach(route, (await router.describe(route, signal)).before, signal);
  const targetGroups = createTargetGroups({ clients: aws.clients });
  await eventually('healthy targets of green', async () => {
    const { healthy } = await targetGroups.readHealth(ACCESS, route.greenTargetGroupArn, signal);
    return healthy > 0;
  });
});
afterAll(async () => {
  cloudWatch.stop();
  await under.stop();
});

/** One connection: who answered it. */
async function flow(): Promise<'blue' | 'green'> {
  const socket = connect(under.port, '127.0.0.1');
  socket.write('hello');
  const [answer]: readonly unknown[] = await once(socket, 'data');
  socket.destroy();
  return String(answer).startsWith(PODS.green) ? 'green' : 'blue';
}

/** The pods tell what they counted, as of the second that is over. */
async function publish(counts: Readonly<Record<'blue' | 'green', number>>): Promise<void> {
  const client = new CloudWatchClient({ region: REGION, credentials: SANDBOX_CREDENTIALS });
  const Timestamp = new Date(Date.now() - 1_000);
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Flows',
      MetricData: (['blue', 'green'] as const).map((colour) => ({
        MetricName: 'NewConnections',
        Dimensions: [{ Name: 'Cluster', Value: `shop-${colour}` }],
        Value: counts[colour],
        Timestamp,
        StorageResolution: 1,
      })),
    }),
  );
  client.destroy();
}

async function verify(percent: number, sinceMs: number) {
  const { ports, world } = createFakeWorld();
  const trafficMetrics = createCloudWatchMetrics({ clients: under.aws.clients });
  const activities = createActivities({ ...ports, trafficMetrics }, QUICK_TIMINGS);
  const input = { ref: REF, spec: world.plan.spec };
  const once: Stage['once'] = async (activity) => environment().run(activity);
  const named = createActivities(ports, QUICK_TIMINGS);
  const resolved = await once(async () => named.resolveNames(input));
  const { analysis } = fakePlan().spec;
  const connections = {
    with: 'cloudwatch',
    namespace: 'Flows',
    dimension: 'Cluster',
    metrics: { requests: 'NewConnections', errors: 'Errors', latency: 'Latency' },
    periodSeconds: 1,
    latenessSeconds: 0,
  } as const;
  const sources = { ...analysis.sources, connections };
  const [first] = resolved.routes;
  if (first === undefined) throw new Error('the fake plan has a route');
  const { route, loadBalancerArn } = under;
  const { id, listenerArn, blueTargetGroupArn, greenTargetGroupArn } = route;
  const place = { with: 'nlb', listenerArn, flows: 'connections' } as const;
  const { group, frontDoorUrl, securityGroupIds, before } = first;
  const nlb = {
    id,
    group,
    frontDoorUrl,
    securityGroupIds,
    before,
    loadBalancerArn,
    blueTargetGroupArn,
    greenTargetGroupArn,
  };
  return once(async () =>
    activities.verifyShare({
      ...input,
      spec: { ...input.spec, analysis: { ...analysis, sources } },
      resolved: { ...resolved, routes: [{ ...nlb, ...place }] },
      routeIds: [id],
      percent,
      since: new Date(sinceMs).toISOString(),
      withinSeconds: 10,
    }),
  );
}

describe('the truth of connections', () => {
  it('fits what real connections did, and nothing else', async () => {
    const { router, route } = under;
    await router.setGreenPercent(route, 25, Date.now() + 60_000, signal);
    await eventually('green to be met', async () => (await flow()) === 'green');
    const sinceMs = Date.now() - 2_000;
    const counts = { blue: 0, green: 0 };
    for (let i = 0; i < 200; i += 1) counts[await flow()] += 1;
    await publish(counts);

    expect(await verify(25, sinceMs)).toMatchObject({ verdict: 'fits', requests: 200 });
    expect(await verify(75, sinceMs)).toMatchObject({ verdict: 'mismatch', requests: 200 });
  });
});

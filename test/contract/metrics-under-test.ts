/** Both kinds of CloudWatch source on the emulated CloudWatch, and the in-memory one. */
import { createCloudWatchMetrics } from '#activities/adapters/metrics/cloudwatch-metrics.ts';
import type { CloudWatchSource } from '#activities/adapters/metrics/metric-series.ts';
import type { MetricQuery } from '#activities/ports/traffic-metrics.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { distributionOf } from '#sandbox/aws/cloudwatch/distribution.ts';
import type { MetricName, MetricStore } from '#sandbox/aws/cloudwatch/metric-store.ts';
import { metricDimension } from '#sandbox/aws/elbv2/arns.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { ACCESS, startEmulatedAws } from './emulated-aws.ts';
import type { MetricsUnderTest } from './traffic-metrics.contract.ts';

const PERIODS = 4;
const REQUESTS = { blue: 90, green: 10 } as const;

export async function fakeMetricsUnderTest(): Promise<MetricsUnderTest> {
  const { ports, world } = createFakeWorld({ requestsPerSecond: 1000 });
  const { spec } = world.plan;
  const [source] = Object.values(spec.analysis.sources);
  if (source === undefined) throw new Error('the fake plan has no source');
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1000);
  for (const { greenPercent } of world.loadBalancer.rules)
    greenPercent.set((nowSeconds - 100) * 1000, 10);
  world.silence('none');
  const busy: MetricQuery = {
    access: spec.access.default,
    source: { ...source, periodSeconds: 1 },
    blueCluster: spec.blue.cluster,
    greenCluster: spec.green.cluster,
    routes: world.loadBalancer.rules,
    fromSeconds: nowSeconds - 50,
    toSeconds: nowSeconds - 50 + PERIODS,
  };
  return {
    metrics: ports.trafficMetrics,
    busy,
    requestsPerPeriod: { blue: 900, green: 100 },
    quiet: { ...busy, fromSeconds: nowSeconds + 50, toSeconds: nowSeconds + 50 + PERIODS },
    stop: async () => undefined,
  };
}

export async function customMetricsUnderTest(): Promise<MetricsUnderTest> {
  const source: CloudWatchSource = {
    with: 'cloudwatch',
    namespace: 'Shop',
    dimension: 'Cluster',
    metrics: { requests: 'Requests', errors: 'Errors', latency: 'Latency' },
    periodSeconds: 5,
    latenessSeconds: 2,
  };
  return cloudWatchUnderTest(source, (colour) => ({
    namespace: 'Shop',
    dimensions: { Cluster: `shop-${colour}` },
    requests: 'Requests',
    latency: 'Latency',
    latencyFactor: 1,
  }));
}

export async function albMetricsUnderTest(): Promise<MetricsUnderTest> {
  const source = { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 } as const;
  return cloudWatchUnderTest(source, (colour) => ({
    namespace: 'AWS/ApplicationELB',
    dimensions: {
      LoadBalancer: metricDimension(SHOP_FRONT_DOOR.loadBalancerArn),
      TargetGroup: metricDimension(SHOP_FRONT_DOOR[`${colour}TargetGroupArn`]),
    },
    requests: 'RequestCount',
    latency: 'TargetResponseTime',
    latencyFactor: 0.001,
  }));
}

interface Place extends Omit<MetricName, 'name'> {
  readonly requests: string;
  readonly latency: string;
  /** What a millisecond is in the metric's unit. */
  readonly latencyFactor: number;
}

async function cloudWatchUnderTest(
  source: CloudWatchSource,
  place: (colour: 'blue' | 'green') => Place,
): Promise<MetricsUnderTest> {
  const cloudWatch = createCloudWatch({});
  const aws = await startEmulatedAws({ services: () => [cloudWatch.service] });
  const period = source.periodSeconds;
  const fromSeconds = Math.floor(Date.now() / 1000 / period) * period - 10 * period;
  for (const colour of ['blue', 'green'] as const)
    for (let index = 0; index < PERIODS; index += 1)
      count(
        cloudWatch.store,
        place(colour),
        (fromSeconds + index * period) * 1000,
        REQUESTS[colour],
      );
  const { loadBalancerArn, blueTargetGroupArn, greenTargetGroupArn } = SHOP_FRONT_DOOR;
  const busy: MetricQuery = {
    access: ACCESS,
    source,
    blueCluster: 'shop-blue',
    greenCluster: 'shop-green',
    routes: [{ loadBalancerArn, blueTargetGroupArn, greenTargetGroupArn }],
    fromSeconds,
    toSeconds: fromSeconds + PERIODS * period,
  };
  return {
    metrics: createCloudWatchMetrics({ clients: aws.clients }),
    busy,
    requestsPerPeriod: REQUESTS,
    quiet: {
      ...busy,
      fromSeconds: fromSeconds - 100 * period,
      toSeconds: fromSeconds - 90 * period,
    },
    stop: async () => {
      await aws.stop();
      cloudWatch.stop();
    },
  };
}

/** Requests of which most take 20 ms and a tenth takes 80 ms. */
function count(store: MetricStore, place: Place, atMs: number, requests: number): void {
  const { namespace, dimensions, latencyFactor } = place;
  const slow = Math.ceil(requests / 10);
  const put = (name: string, values: ReadonlyMap<number, number>, unit: string): void => {
    const metric = { namespace, dimensions, name };
    const distribution = distributionOf(values);
    store.put({ metric, atMs, resolution: 1, unit, visibleAtMs: 0, distribution });
  };
  put(place.requests, new Map([[1, requests]]), 'Count');
  put(
    place.latency,
    new Map([
      [20 * latencyFactor, requests - slow],
      [80 * latencyFactor, slow],
    ]),
    latencyFactor === 1 ? 'Milliseconds' : 'Seconds',
  );
}

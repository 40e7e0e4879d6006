/** The ports behind promql and load-balancer-5xx: one suite each for the fake and the real thing. */
import { createPrometheusApi } from '#activities/adapters/metrics/prometheus-api.ts';
import { createPromql } from '#activities/adapters/metrics/prometheus-moments.ts';
import { createLoadBalancerMetrics } from '#activities/adapters/metrics/cloudwatch-load-balancers.ts';
import type { LoadBalancerMetrics } from '#activities/ports/load-balancer-metrics.ts';
import type { Promql } from '#activities/ports/promql.ts';
import { createCloudWatch } from '#sandbox/aws/cloudwatch/cloudwatch-service.ts';
import { distributionOf } from '#sandbox/aws/cloudwatch/distribution.ts';
import { metricDimension } from '#sandbox/aws/elbv2/arns.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { REAL_CLOCK } from '#test/fakes/fake-clock.ts';
import { FakeSigns } from '#test/fakes/fake-signs.ts';
import { Timeline } from '#test/fakes/timeline.ts';
import { startPrometheus } from '#test/support/prometheus-server.ts';
import { ACCESS, startEmulatedAws } from './emulated-aws.ts';

const { signal } = new AbortController();
const STEP = 15;
const NOW = Math.floor(Date.now() / 1000 / 60) * 60 - 3_600;
const VALUE_UNTIL = NOW + 4 * STEP;

interface PromqlUnderTest {
  readonly promql: Promql;
  readonly server: { readonly url: string };
  /** 7 until `VALUE_UNTIL`, then nothing. */
  readonly query: string;
  readonly broken: string;
  stop(): Promise<void>;
}

describe.each<readonly [string, () => Promise<PromqlUnderTest>]>([
  ['in memory', fakePromql],
  ['a real Prometheus', realPromql],
])('promql (%s)', (_, setUp) => {
  let under: PromqlUnderTest;
  beforeAll(async () => {
    under = await setUp();
  });
  afterAll(async () => under.stop());

  const ask = async (query: string, fromSeconds: number, toSeconds: number) =>
    under.promql.read(
      { server: under.server, query, fromSeconds, toSeconds, stepSeconds: STEP },
      signal,
    );

  it('answers as of each moment, oldest first', async () => {
    expect(await ask(under.query, NOW, NOW + 2 * STEP)).toEqual([
      { atSeconds: NOW, values: [7] },
      { atSeconds: NOW + STEP, values: [7] },
      { atSeconds: NOW + 2 * STEP, values: [7] },
    ]);
  });

  it('leaves out moments that have no value', async () => {
    const moments = await ask(under.query, NOW, VALUE_UNTIL + 5 * STEP);

    expect(moments.at(-1)?.atSeconds).toBeLessThanOrEqual(VALUE_UNTIL + STEP);
  });

  it('refuses what cannot be parsed', async () => {
    await expect(ask(under.broken, NOW, NOW + STEP)).rejects.toMatchObject({
      type: 'invalid-request',
    });
  });
});

async function fakePromql(): Promise<PromqlUnderTest> {
  const signs = new FakeSigns(REAL_CLOCK);
  const value = new Timeline<number | null>(7);
  value.set(VALUE_UNTIL * 1000, null);
  signs.values.set('load', value);
  const server = { url: 'http://prometheus:9090' };
  return { promql: signs.promql, server, query: 'load', broken: '(', stop: async () => undefined };
}

async function realPromql(): Promise<PromqlUnderTest> {
  const samples = Array.from({ length: 4 + 20 }, (_, index) => ({
    atSeconds: NOW + (index - 20) * STEP,
    value: 7,
  }));
  const server = await startPrometheus({ 'load{c="g"}': samples });
  const prometheus = createPrometheusApi({ tokenOf: () => undefined });
  return {
    promql: createPromql({ prometheus }),
    server,
    query: `max(max_over_time(load{c="g"}[${STEP}s]))`,
    broken: 'max(',
    stop: async () => {
      await prometheus.close();
      await server.stop();
    },
  };
}

interface LoadBalancersUnderTest {
  readonly metrics: LoadBalancerMetrics;
  /** In each of three minutes from `NOW` on it had 1,000 requests and 20 errors of its own. */
  readonly arn: string;
  stop(): Promise<void>;
}

describe.each<readonly [string, () => Promise<LoadBalancersUnderTest>]>([
  ['in memory', fakeLoadBalancers],
  ['CloudWatch, emulated', emulatedLoadBalancers],
])('load balancer metrics (%s)', (_, setUp) => {
  let under: LoadBalancersUnderTest;
  beforeAll(async () => {
    under = await setUp();
  });
  afterAll(async () => under.stop());

  it('count requests and own 5xx per period, oldest first', async () => {
    const { arn, metrics } = under;
    const question = {
      access: ACCESS,
      loadBalancerArns: [arn],
      periodSeconds: 60,
      fromSeconds: NOW,
      toSeconds: NOW + 180,
    };

    expect((await metrics.read(question, signal)).get(arn)).toEqual(
      [0, 60, 120].map((after) => ({ startSeconds: NOW + after, requests: 1_000, errors: 20 })),
    );
  });
});

async function fakeLoadBalancers(): Promise<LoadBalancersUnderTest> {
  const signs = new FakeSigns(REAL_CLOCK);
  signs.loadBalancerErrorRate.set(0, 0.02);
  return { metrics: signs.loadBalancerMetrics, arn: 'front-door', stop: async () => undefined };
}

async function emulatedLoadBalancers(): Promise<LoadBalancersUnderTest> {
  const cloudWatch = createCloudWatch({});
  const aws = await startEmulatedAws({ services: () => [cloudWatch.service] });
  const arn = SHOP_FRONT_DOOR.loadBalancerArn;
  const put = (name: string, atSeconds: number, count: number): void =>
    cloudWatch.store.put({
      metric: {
        namespace: 'AWS/ApplicationELB',
        name,
        dimensions: { LoadBalancer: metricDimension(arn) },
      },
      atMs: atSeconds * 1000,
      resolution: 60,
      unit: 'Count',
      visibleAtMs: 0,
      distribution: distributionOf(new Map([[1, count]])),
    });
  for (let minute = 0; minute < 3; minute += 1) {
    put('RequestCount', NOW + minute * 60, 1_000);
    put('HTTPCode_ELB_5XX_Count', NOW + minute * 60, 20);
  }
  return {
    metrics: createLoadBalancerMetrics({ clients: aws.clients }),
    arn,
    stop: async () => {
      await aws.stop();
      cloudWatch.stop();
    },
  };
}

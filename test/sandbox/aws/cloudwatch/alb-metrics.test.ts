import { AlbMetrics, ALB_NAMESPACE } from '#sandbox/aws/cloudwatch/alb-metrics.ts';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import type { RequestOutcome } from '#sandbox/data-plane/request-outcome.ts';
import { NOON_MS, watchClouds, type Watched } from './cloudwatch-fixture.ts';

const { loadBalancerArn, blueTargetGroupArn, greenTargetGroupArn } = SHOP_FRONT_DOOR;
const LoadBalancer = 'app/shop/50dc6c495c0c9188';
const blue = { LoadBalancer, TargetGroup: 'targetgroup/shop-blue/6d0ecf831eec9f09' };
const green = { LoadBalancer, TargetGroup: 'targetgroup/shop-green/73e2d6bc24d8a067' };

const at = (seconds: number, targetGroupArn: string) =>
  ({ loadBalancerArn, targetGroupArn, atMs: NOON_MS + seconds * 1_000 }) as const;
const byTarget = (
  seconds: number,
  targetGroupArn: string,
  statusCode: number,
  responseTimeMs = 10,
): RequestOutcome => ({
  ...at(seconds, targetGroupArn),
  answeredBy: 'target',
  statusCode,
  responseTimeMs,
});
const byBalancer = (
  seconds: number,
  targetGroupArn: string,
  statusCode: number,
  connectionError = false,
): RequestOutcome => ({
  ...at(seconds, targetGroupArn),
  answeredBy: 'load-balancer',
  statusCode,
  connectionError,
});

describe('load balancer metrics', () => {
  let clouds: Watched;
  let metrics: AlbMetrics;
  beforeEach(async () => {
    clouds = await watchClouds();
    metrics = new AlbMetrics({
      store: clouds.store,
      dataPlane: {
        onOutcome: () => undefined,
        hostCounts: () => [
          { loadBalancerArn, targetGroupArn: greenTargetGroupArn, healthy: 3, unhealthy: 1 },
        ],
      },
    });
  });
  afterEach(async () => {
    metrics.stop();
    await clouds.close();
  });

  const ask = (name: string, dimensions: Readonly<Record<string, string>>, stat = 'Sum') =>
    clouds.ask({ namespace: ALB_NAMESPACE, name, dimensions, stat, period: 60 });

  it('are sums of a minute per target group and per load balancer, with no series where nothing was counted', async () => {
    for (let index = 0; index < 9; index += 1)
      metrics.count(byTarget(index, blueTargetGroupArn, 200));
    metrics.count(byTarget(30, greenTargetGroupArn, 500, 40));
    metrics.count(byTarget(61, greenTargetGroupArn, 200));
    metrics.publishBefore(NOON_MS + 120_000);
    clouds.at(400);

    expect(await ask('RequestCount', blue)).toEqual({ 0: 9 });
    expect(await ask('RequestCount', green)).toEqual({ 0: 1, 60: 1 });
    expect(await ask('RequestCount', { LoadBalancer })).toEqual({ 0: 10, 60: 1 });
    expect(await ask('HTTPCode_Target_2XX_Count', blue)).toEqual({ 0: 9 });
    expect(await ask('HTTPCode_Target_5XX_Count', blue)).toEqual({});
    expect(await ask('HTTPCode_Target_5XX_Count', green)).toEqual({ 0: 1 });
    expect(await ask('TargetResponseTime', green, 'p99')).toEqual({ 0: 0.04, 60: 0.01 });
  });

  it("know errors of the load balancer only as its own, not as a target group's", async () => {
    metrics.count(byBalancer(1, greenTargetGroupArn, 502, true));
    metrics.count(byBalancer(2, greenTargetGroupArn, 503));
    metrics.publishBefore(NOON_MS + 60_000);
    clouds.at(400);

    expect(await ask('HTTPCode_ELB_5XX_Count', { LoadBalancer })).toEqual({ 0: 2 });
    expect(await ask('HTTPCode_ELB_502_Count', { LoadBalancer })).toEqual({ 0: 1 });
    expect(await ask('HTTPCode_ELB_503_Count', { LoadBalancer })).toEqual({ 0: 1 });
    expect(await ask('HTTPCode_ELB_5XX_Count', green)).toEqual({});
    expect(await ask('TargetConnectionErrorCount', green)).toEqual({ 0: 1 });
    // A request for which no target could be chosen is not counted (503).
    expect(await ask('RequestCount', green)).toEqual({ 0: 1 });
  });

  it('become visible 60 to 180 seconds after the minute, the metrics of one minute at different times', async () => {
    metrics.count(byTarget(1, blueTargetGroupArn, 200));
    metrics.count(byTarget(1, greenTargetGroupArn, 500));
    metrics.publishBefore(NOON_MS + 60_000);
    const series = [
      ['RequestCount', blue],
      ['RequestCount', green],
      ['HTTPCode_Target_2XX_Count', blue],
      ['HTTPCode_Target_5XX_Count', green],
      ['TargetResponseTime', blue],
      ['TargetResponseTime', green],
    ] as const;
    const seenAt = new Map<number, number>();
    for (let second = 60; second <= 300; second += 10) {
      clouds.at(second);
      for (const [index, [name, dimensions]] of series.entries()) {
        if (!seenAt.has(index) && 0 in (await ask(name, dimensions))) seenAt.set(index, second);
      }
    }

    const times = [...seenAt.values()];
    expect(times).toHaveLength(series.length);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...times)).toBeLessThanOrEqual(240);
    expect(new Set(times).size).toBeGreaterThan(1);
  });

  it('count hosts of groups in use, and add requests that ended after their minute', async () => {
    metrics.countHosts(NOON_MS + 10_000);
    metrics.count(byTarget(59, blueTargetGroupArn, 200));
    metrics.publishBefore(NOON_MS + 60_000);
    metrics.count(byTarget(59.5, blueTargetGroupArn, 200));
    metrics.publishBefore(NOON_MS + 70_000);
    clouds.at(400);

    expect(await ask('HealthyHostCount', green, 'Minimum')).toEqual({ 0: 3 });
    expect(await ask('UnHealthyHostCount', green, 'Maximum')).toEqual({ 0: 1 });
    expect(await ask('RequestCount', blue)).toEqual({ 0: 2 });
  });
});

/**
 * `AWS/ApplicationELB` as AWS reports it: what the data plane served, counted per load balancer and per target group,
 * summed by the minute. Invariants: a minute's metrics become visible 60–180 s after the minute, each at its own time; a
 * metric of which nothing was counted in a minute has no point there; ELB errors exist per load balancer only, so they
 * cannot be laid at a colour's door. Source: docs elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
import type { DataPlane } from '#sandbox/data-plane/data-plane.ts';
import type { RequestOutcome } from '#sandbox/data-plane/request-outcome.ts';
import { drawDelayMs, seededRandom, type DelayRange } from '#sandbox/data-plane/seeded-random.ts';
import { metricDimension } from '../elbv2/arns.ts';
import { distributionOf } from './distribution.ts';
import type { MetricName, MetricStore } from './metric-store.ts';

export const ALB_NAMESPACE = 'AWS/ApplicationELB';
const DEFAULT_ALB_LATENESS: DelayRange = { minMs: 60_000, maxMs: 180_000 };

const MINUTE_MS = 60_000;
const HOST_COUNT_EVERY_MS = 10_000;

export interface AlbMetricsOptions {
  readonly dataPlane: Pick<DataPlane, 'onOutcome' | 'hostCounts'>;
  readonly store: MetricStore;
  /** From the end of a minute until a metric of it can be read. @default 60–180 s */
  readonly lateness?: DelayRange;
  /** @default 1 */
  readonly seed?: number;
}

/** Values and how often each came, of one metric in one minute. */
interface Gathered {
  readonly metric: MetricName;
  readonly unit: string;
  readonly values: Map<number, number>;
}

export class AlbMetrics {
  readonly #options: AlbMetricsOptions;
  readonly #minutes = new Map<number, Map<string, Gathered>>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: AlbMetricsOptions) {
    this.#options = options;
    options.dataPlane.onOutcome((outcome) => this.count(outcome));
    this.#timer = setInterval(() => {
      const now = Date.now();
      this.countHosts(now);
      this.publishBefore(now);
    }, HOST_COUNT_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  count(outcome: RequestOutcome): void {
    const { loadBalancerArn, targetGroupArn, atMs } = outcome;
    const balancer = { LoadBalancer: metricDimension(loadBalancerArn) };
    const add = (
      name: string,
      dimensions: MetricName['dimensions'],
      value = 1,
      unit = 'Count',
    ): void => this.#add(atMs, { namespace: ALB_NAMESPACE, name, dimensions }, value, unit);
    const hundreds = Math.floor(outcome.statusCode / 100);

    if (outcome.answeredBy === 'load-balancer') {
      for (const name of elbMetricNames(outcome)) add(name, balancer);
    }
    if (targetGroupArn === undefined) return;
    const group = { ...balancer, TargetGroup: metricDimension(targetGroupArn) };
    for (const dimensions of [balancer, group]) {
      if (outcome.answeredBy === 'load-balancer') {
        if (outcome.statusCode !== 503) add('RequestCount', dimensions);
        if (outcome.connectionError) add('TargetConnectionErrorCount', dimensions);
      } else {
        add('RequestCount', dimensions);
        add(`HTTPCode_Target_${hundreds}XX_Count`, dimensions);
        add('TargetResponseTime', dimensions, outcome.responseTimeMs / 1_000, 'Seconds');
      }
    }
  }

  countHosts(atMs: number): void {
    for (const counts of this.#options.dataPlane.hostCounts()) {
      const dimensions = {
        LoadBalancer: metricDimension(counts.loadBalancerArn),
        TargetGroup: metricDimension(counts.targetGroupArn),
      };
      const { healthy, unhealthy } = counts;
      for (const [name, value] of Object.entries({
        HealthyHostCount: healthy,
        UnHealthyHostCount: unhealthy,
      })) {
        this.#add(atMs, { namespace: ALB_NAMESPACE, name, dimensions }, value, 'Count');
      }
    }
  }

  /** Hands all minutes that ended by then to the store; requests that end later are added to their minute. */
  publishBefore(nowMs: number): void {
    const { store, seed = 1, lateness = DEFAULT_ALB_LATENESS } = this.#options;
    for (const [minute, metrics] of this.#minutes) {
      const endMs = minute + MINUTE_MS;
      if (endMs > nowMs) continue;
      this.#minutes.delete(minute);
      for (const [id, { metric, unit, values }] of metrics) {
        const random = seededRandom(seed, `${id} at ${minute}`);
        store.put({
          metric,
          unit,
          atMs: minute,
          resolution: 60,
          visibleAtMs: endMs + drawDelayMs(random, lateness),
          distribution: distributionOf(values),
        });
      }
    }
  }

  #add(atMs: number, metric: MetricName, value: number, unit: string): void {
    const minute = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const metrics = this.#minutes.get(minute) ?? new Map<string, Gathered>();
    this.#minutes.set(minute, metrics);
    const id = `${metric.name} ${Object.values(metric.dimensions).join(' ')}`;
    const gathered = metrics.get(id) ?? { metric, unit, values: new Map<number, number>() };
    metrics.set(id, gathered);
    const kept = Number(value.toPrecision(3));
    gathered.values.set(kept, (gathered.values.get(kept) ?? 0) + 1);
  }
}

function elbMetricNames({ statusCode, targetGroupArn }: RequestOutcome): readonly string[] {
  if (statusCode >= 500) {
    const named = [502, 503, 504].includes(statusCode) ? [`HTTPCode_ELB_${statusCode}_Count`] : [];
    return ['HTTPCode_ELB_5XX_Count', ...named];
  }
  if (targetGroupArn !== undefined) return [];
  return statusCode === 301 || statusCode === 302
    ? ['HTTP_Redirect_Count', 'HTTPCode_ELB_3XX_Count']
    : ['HTTP_Fixed_Response_Count'];
}

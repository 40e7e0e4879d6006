/**
 * The shop's own metrics, as an application publishes them: per cluster and period the number of requests, the number of
 * those answered with 5xx, and their latencies in milliseconds as values with counts, so that percentiles work. Invariants:
 * periods are aligned to the clock; a cluster without a request in a period publishes nothing for it, because missing is
 * not 0; a period is published once, after it ended. Health checks are not requests.
 */
import {
  PutMetricDataCommand,
  type CloudWatchClient,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch';

const SHOP_NAMESPACE = 'Shop';

export interface ShopMetricsOptions {
  readonly client: CloudWatchClient;
  /** Length of a period; a whole number of seconds. @default 1000 */
  readonly periodMs?: number;
}

interface Period {
  requests: number;
  errors: number;
  /** Latency in whole milliseconds → how many. */
  readonly latencies: Map<number, number>;
}

/** A MetricDatum holds at most 150 values (API_MetricDatum: Values). */
const VALUES_PER_DATUM = 150;

export class ShopMetrics {
  readonly #client: CloudWatchClient;
  readonly #periodMs: number;
  readonly #open = new Map<number, Map<string, Period>>();
  #timer: NodeJS.Timeout | undefined;
  #underway: Promise<void> = Promise.resolve();
  #lost = 0;

  constructor(options: ShopMetricsOptions) {
    this.#client = options.client;
    this.#periodMs = options.periodMs ?? 1_000;
    this.#schedule();
  }

  /** Counts one answered request at the time it was answered. */
  count(cluster: string, statusCode: number, latencyMs: number): void {
    const start = Math.floor(Date.now() / this.#periodMs) * this.#periodMs;
    const clusters = entry(this.#open, start, () => new Map<string, Period>());
    const period = entry(clusters, cluster, () => ({
      requests: 0,
      errors: 0,
      latencies: new Map(),
    }));
    const rounded = Math.max(1, Math.round(latencyMs));
    period.requests += 1;
    period.errors += statusCode >= 500 ? 1 : 0;
    period.latencies.set(rounded, (period.latencies.get(rounded) ?? 0) + 1);
  }

  /** Periods whose publication failed for good; they are missing in CloudWatch. */
  get lostPeriods(): number {
    return this.#lost;
  }

  /** Publishes what is left and stops. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#publishBefore(Number.POSITIVE_INFINITY);
    await this.#underway;
    this.#client.destroy();
  }

  #schedule(): void {
    const untilNextMs = this.#periodMs - (Date.now() % this.#periodMs);
    this.#timer = setTimeout(() => {
      this.#publishBefore(Math.floor(Date.now() / this.#periodMs) * this.#periodMs);
      this.#schedule();
    }, untilNextMs);
  }

  #publishBefore(endMs: number): void {
    for (const [start, clusters] of this.#open) {
      if (start >= endMs) continue;
      this.#open.delete(start);
      const data = [...clusters].flatMap(([cluster, period]) => dataOf(cluster, start, period));
      this.#underway = this.#underway.then(() => this.#publish(data));
    }
  }

  async #publish(data: readonly MetricDatum[]): Promise<void> {
    try {
      const command = new PutMetricDataCommand({
        Namespace: SHOP_NAMESPACE,
        MetricData: [...data],
      });
      await this.#client.send(command);
    } catch {
      // An application goes on serving when its metrics cannot be published; the gap is what others see.
      this.#lost += 1;
    }
  }
}

function dataOf(cluster: string, startMs: number, period: Period): MetricDatum[] {
  const common = {
    Dimensions: [{ Name: 'Cluster', Value: cluster }],
    Timestamp: new Date(startMs),
    StorageResolution: 1,
  };
  const latencies = [...period.latencies];
  const chunks = Array.from(
    { length: Math.ceil(latencies.length / VALUES_PER_DATUM) },
    (_, index) => latencies.slice(index * VALUES_PER_DATUM, (index + 1) * VALUES_PER_DATUM),
  );
  return [
    { ...common, MetricName: 'Requests', Unit: 'Count', Value: period.requests },
    { ...common, MetricName: 'Errors', Unit: 'Count', Value: period.errors },
    ...chunks.map((chunk) => ({
      ...common,
      MetricName: 'Latency',
      Unit: 'Milliseconds' as const,
      Values: chunk.map(([value]) => value),
      Counts: chunk.map(([, count]) => count),
    })),
  ];
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

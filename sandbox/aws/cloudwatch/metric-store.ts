/**
 * All metrics of the account: series of aligned buckets, each filled by samples that become visible some time after they
 * were put. Invariants: a reader sees a sample from its `visibleAtMs` on and never before; a bucket in which nothing was
 * counted does not exist, because missing is not 0. Memory is bounded: one-second buckets are rolled up into minutes after
 * three hours, as CloudWatch does, and minutes are kept for a day (CloudWatch: 15 days).
 */
import { merged, type Distribution } from './distribution.ts';

/** A metric's full name. Dimensions are a set: their order means nothing. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricSample {
  readonly metric: MetricName;
  readonly atMs: number;
  readonly resolution: 1 | 60;
  readonly unit: string;
  readonly visibleAtMs: number;
  readonly distribution: Distribution;
}

export interface MetricPoint {
  /** Start of the period. */
  readonly atMs: number;
  readonly distribution: Distribution;
}

export interface MetricQuery {
  readonly metric: MetricName;
  /** Inclusive, rounded down to a whole period. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly periodSeconds: number;
  readonly unit: string | undefined;
}

interface Bucket {
  readonly atMs: number;
  visible: Distribution | undefined;
  pending: readonly { readonly visibleAtMs: number; readonly distribution: Distribution }[];
}

interface Series {
  readonly metric: MetricName;
  readonly unit: string;
  readonly seconds: Map<number, Bucket>;
  readonly minutes: Map<number, Bucket>;
}

const MINUTE_MS = 60_000;
const KEEP_SECONDS_MS = 3 * 3_600_000;
const KEEP_MINUTES_MS = 24 * 3_600_000;

export class MetricStore {
  readonly #nowMs: () => number;
  readonly #series = new Map<string, Series>();
  readonly #losses: ((metric: MetricName) => boolean)[] = [];
  #prunedAtMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Samples of such metrics are lost from now on: an outage between whoever counts and CloudWatch. */
  lose(isLost: (metric: MetricName) => boolean): void {
    this.#losses.push(isLost);
  }

  put(sample: MetricSample): void {
    if (this.#losses.some((isLost) => isLost(sample.metric))) return;
    const id = idOf(sample.metric);
    const series = this.#series.get(id) ?? {
      metric: sample.metric,
      unit: sample.unit,
      seconds: new Map<number, Bucket>(),
      minutes: new Map<number, Bucket>(),
    };
    this.#series.set(id, series);
    const buckets = sample.resolution === 1 ? series.seconds : series.minutes;
    const bucket = bucketAt(buckets, sample.atMs, sample.resolution * 1_000);
    const { visibleAtMs, distribution } = sample;
    bucket.pending = [...bucket.pending, { visibleAtMs, distribution }];
    this.#prune();
  }

  /** Points in order of time; periods in which nothing is visible are left out. */
  read(query: MetricQuery): readonly MetricPoint[] {
    const series = this.#series.get(idOf(query.metric));
    if (series === undefined || (query.unit ?? series.unit) !== series.unit) return [];
    const periodMs = query.periodSeconds * 1_000;
    const fromMs = Math.floor(query.startMs / periodMs) * periodMs;
    const periods = new Map<number, Distribution[]>();
    const wanted = [
      ...bucketsBetween(series.seconds, fromMs, query.endMs, 1_000),
      ...bucketsBetween(series.minutes, fromMs, query.endMs, MINUTE_MS),
    ];
    for (const bucket of wanted) {
      const seen = this.#visible(bucket);
      if (seen === undefined) continue;
      const atMs = Math.floor(bucket.atMs / periodMs) * periodMs;
      const parts = periods.get(atMs);
      if (parts === undefined) periods.set(atMs, [seen]);
      else parts.push(seen);
    }
    return [...periods]
      .sort(([a], [b]) => a - b)
      .flatMap(([atMs, parts]) => {
        const distribution = merged(parts);
        return distribution === undefined ? [] : [{ atMs, distribution }];
      });
  }

  /** Metrics of which something is visible, with the time of the newest visible bucket. */
  list(): readonly { readonly metric: MetricName; readonly lastAtMs: number }[] {
    return [...this.#series.values()].flatMap(({ metric, seconds, minutes }) => {
      const seen = [...seconds.values(), ...minutes.values()].filter((b) => this.#visible(b));
      const lastAtMs = seen.reduce((last, { atMs }) => Math.max(last, atMs), 0);
      return seen.length === 0 ? [] : [{ metric, lastAtMs }];
    });
  }

  #visible(bucket: Bucket): Distribution | undefined {
    const now = this.#nowMs();
    const due = bucket.pending.filter(({ visibleAtMs }) => visibleAtMs <= now);
    if (due.length > 0) {
      const parts = due.map(({ distribution }) => distribution);
      bucket.visible = merged(bucket.visible === undefined ? parts : [bucket.visible, ...parts]);
      bucket.pending = bucket.pending.filter(({ visibleAtMs }) => visibleAtMs > now);
    }
    return bucket.visible;
  }

  /** At most once a minute. */
  #prune(): void {
    const now = this.#nowMs();
    if (now - this.#prunedAtMs < MINUTE_MS) return;
    this.#prunedAtMs = now;
    for (const { seconds, minutes } of this.#series.values()) {
      for (const [atMs, bucket] of seconds) {
        if (now - atMs < KEEP_SECONDS_MS) continue;
        seconds.delete(atMs);
        const seen = this.#visible(bucket);
        if (seen === undefined) continue;
        const minute = bucketAt(minutes, atMs, MINUTE_MS);
        minute.visible = merged(minute.visible === undefined ? [seen] : [minute.visible, seen]);
      }
      for (const atMs of minutes.keys()) if (now - atMs >= KEEP_MINUTES_MS) minutes.delete(atMs);
    }
  }
}

function bucketAt(buckets: Map<number, Bucket>, timeMs: number, lengthMs: number): Bucket {
  const atMs = Math.floor(timeMs / lengthMs) * lengthMs;
  const known = buckets.get(atMs);
  if (known !== undefined) return known;
  const fresh: Bucket = { atMs, visible: undefined, pending: [] };
  buckets.set(atMs, fresh);
  return fresh;
}

/** Looks up each possible start where that is less work than walking all buckets: guards read short windows often. */
function bucketsBetween(
  buckets: ReadonlyMap<number, Bucket>,
  fromMs: number,
  endMs: number,
  lengthMs: number,
): readonly Bucket[] {
  if ((endMs - fromMs) / lengthMs > buckets.size) {
    return [...buckets.values()].filter(({ atMs }) => atMs >= fromMs && atMs < endMs);
  }
  const found: Bucket[] = [];
  for (let atMs = Math.ceil(fromMs / lengthMs) * lengthMs; atMs < endMs; atMs += lengthMs) {
    const bucket = buckets.get(atMs);
    if (bucket !== undefined) found.push(bucket);
  }
  return found;
}

function idOf({ namespace, name, dimensions }: MetricName): string {
  const pairs = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, pairs]);
}

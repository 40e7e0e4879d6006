/**
 * What a stretch of recorded traffic says, as plain JSON. A request failed when no answer came or its status is 500 or more,
 * whoever made it. Times are when requests were due, in milliseconds since the epoch, so that a summary can be laid beside
 * the moments at which weights changed. Pure; called by traffic-control.ts and tests.
 */
import type { RequestLog, RequestRecord } from './request-log.ts';

interface ColourSummary {
  readonly requests: number;
  readonly failed: number;
  /** Of all requests in the stretch, 0–1. */
  readonly share: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** When the last answer of this colour had arrived. */
  readonly lastAnsweredAtMs: number;
  readonly firstFailedAtMs: number | null;
}

export interface TrafficSummary {
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly requests: number;
  readonly failed: number;
  /** Requests per status; `0` counts those without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, by the code of the failure. */
  readonly unanswered: Readonly<Record<string, number>>;
  /** By the cluster that answered; `none` holds what no pod answered. */
  readonly colours: Readonly<Record<string, ColourSummary>>;
  readonly firstFailedAtMs: number | null;
  readonly lastFailedAtMs: number | null;
  /** Requests that were recorded but are no longer held, at any time. */
  readonly forgotten: number;
}

export interface Stretch {
  /** Inclusive. @default the beginning */
  readonly fromMs?: number;
  /** Exclusive. @default the end */
  readonly toMs?: number;
}

const NO_COLOUR = 'none';

function hasFailed(record: Pick<RequestRecord, 'status'>): boolean {
  return record.status === 0 || record.status >= 500;
}

export function summarise(log: RequestLog, stretch: Stretch = {}): TrafficSummary {
  const records = [...rowsOf(log, stretch)];
  const failures = records.filter(hasFailed).map((record) => record.sentAtMs);
  const byColour = Map.groupBy(records, (record) => record.colour || NO_COLOUR);
  const byStatus = Map.groupBy(records, (record) => String(record.status));
  const byFailure = Map.groupBy(byStatus.get('0') ?? [], (record) => record.failure);
  return {
    fromMs: stretch.fromMs ?? null,
    toMs: stretch.toMs ?? null,
    requests: records.length,
    failed: failures.length,
    statuses: Object.fromEntries([...byStatus].map(([status, of]) => [status, of.length])),
    unanswered: Object.fromEntries([...byFailure].map(([code, of]) => [code, of.length])),
    colours: Object.fromEntries(
      [...byColour].map(([colour, of]) => [colour, colourSummary(of, records.length)]),
    ),
    firstFailedAtMs: failures.length === 0 ? null : least(failures),
    lastFailedAtMs: failures.length === 0 ? null : most(failures),
    forgotten: log.forgotten,
  };
}

/** One summary row per bucket that holds requests: how many each colour answered, and how many failed. */
export interface TrafficBucket {
  readonly atMs: number;
  readonly requests: number;
  readonly failed: number;
  readonly colours: Readonly<Record<string, number>>;
}

export function bucketed(
  log: RequestLog,
  stretch: Stretch,
  bucketMs: number,
): readonly TrafficBucket[] {
  const buckets = Map.groupBy(
    rowsOf(log, stretch),
    (record) => Math.floor(record.sentAtMs / bucketMs) * bucketMs,
  );
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([atMs, records]) => ({
      atMs,
      requests: records.length,
      failed: records.filter(hasFailed).length,
      colours: Object.fromEntries(
        [...Map.groupBy(records, (record) => record.colour || NO_COLOUR)].map(([colour, of]) => [
          colour,
          of.length,
        ]),
      ),
    }));
}

/** Failed requests in the order in which they ended, at most `limit`. */
export function failuresOf(
  log: RequestLog,
  stretch: Stretch,
  limit: number,
): readonly RequestRecord[] {
  return [...rowsOf(log, stretch)].filter(hasFailed).slice(0, limit);
}

function rowsOf(log: RequestLog, stretch: Stretch): Iterable<RequestRecord> {
  return log.between(
    stretch.fromMs ?? Number.NEGATIVE_INFINITY,
    stretch.toMs ?? Number.POSITIVE_INFINITY,
  );
}

function colourSummary(records: readonly RequestRecord[], all: number): ColourSummary {
  const latencies = Float64Array.from(records, (record) => record.latencyMs).sort();
  const times = records.map((record) => record.sentAtMs);
  const failures = records.filter(hasFailed).map((record) => record.sentAtMs);
  return {
    requests: records.length,
    failed: failures.length,
    share: records.length / all,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    firstAtMs: least(times),
    lastAtMs: most(times),
    lastAnsweredAtMs: most(records.map((record) => record.sentAtMs + record.latencyMs)),
    firstFailedAtMs: failures.length === 0 ? null : least(failures),
  };
}

/** Nearest rank of sorted values; 0 where there are none. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

// Spreading hundreds of thousands of numbers into Math.min overflows the stack.
function least(values: readonly number[]): number {
  return values.reduce((low, value) => (value < low ? value : low), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((high, value) => (value > high ? value : high), Number.NEGATIVE_INFINITY);
}

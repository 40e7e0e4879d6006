import { assertNever } from './assert-never.ts';
import { upperTail } from './binomial.ts';
import type { MigrationPlan } from './migration-plan.ts';

/**
 * The guard's judgement (I1, I4): a pure function of one window of closed metric periods, longer than any of its
 * rules. It keeps no counters, so a restarted, doubled or moved guard judges the same. One blip is not a breach:
 * a rate breaks its guardrail only when luck could not have done it; a percentile only twice in a row, unless it
 * is far beyond the limit.
 */

/** How unlikely luck must be before an error rate is a breach; over a day of looks at 5 s, about one false alarm in 500 migrations. */
const LUCK = 1e-6;
/** A percentile this many times its limit is a catastrophe: the first sample is enough. */
const CATASTROPHE_FACTOR = 5;
/** Periods the guard looks back over; also what it must query. */
export const LOOKBACK_PERIODS = 24;
/** With fewer requests expected than this on green, none at all may be luck (e^-7 ≈ 0.1 %). */
const EXPECTED_TO_MISS = 7;

export type Guardrail = MigrationPlan['spec']['analysis']['guardrails'][number];

/** What one colour did in one closed period. Latencies in milliseconds, null when the source has none. */
export interface ColourPoint {
  /** Start of the period, epoch seconds. */
  readonly startSeconds: number;
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

/** One source's closed periods, oldest first; a period without data has no point. */
export interface SourceWindow {
  readonly periodSeconds: number;
  /** End of the newest period that should be visible by now, epoch seconds. */
  readonly closedUntilSeconds: number;
  readonly blue: readonly ColourPoint[];
  readonly green: readonly ColourPoint[];
}

export interface GuardReading {
  /** Green's share now, read back; the greatest over all routes, in percent. */
  readonly greenPercent: number;
  /** Since when green has had users without a break, epoch seconds; null when it has none. */
  readonly greenSinceSeconds: number | null;
  readonly sources: Readonly<Record<string, SourceWindow>>;
  /** Healthy green targets, the smallest over all routes; null when it could not be read. */
  readonly greenHealthyTargets: number | null;
}

export type GuardVerdict =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'breach'; readonly reasons: readonly string[] }
  | { readonly kind: 'green-missing'; readonly reasons: readonly string[] }
  | { readonly kind: 'both-missing'; readonly reasons: readonly string[] };

/** Judges one reading: breaches first, then data that should be there and is not. */
export function judgeGuardrails(
  guardrails: readonly Guardrail[],
  reading: GuardReading,
  options: { readonly truthSource: string; readonly missingDataSeconds: number },
): GuardVerdict {
  const reasons = guardrails.flatMap((guardrail) => breachOf(guardrail, reading) ?? []);
  if (reasons.length > 0) return { kind: 'breach', reasons };
  const window = reading.sources[options.truthSource];
  if (window === undefined || reading.greenSinceSeconds === null) return { kind: 'healthy' };
  const from = Math.max(
    window.closedUntilSeconds - options.missingDataSeconds,
    reading.greenSinceSeconds,
  );
  if (window.closedUntilSeconds - from < options.missingDataSeconds) return { kind: 'healthy' };
  return judgeMissing(window, from, reading.greenPercent, options);
}

function judgeMissing(
  window: SourceWindow,
  from: number,
  greenPercent: number,
  options: { readonly truthSource: string; readonly missingDataSeconds: number },
): GuardVerdict {
  if (requestsSince(window.green, from) > 0) return { kind: 'healthy' };
  const blue = requestsSince(window.blue, from);
  const silence = `no request of green in source ${options.truthSource} for ${options.missingDataSeconds} s`;
  if (blue === 0)
    return {
      kind: 'both-missing',
      reasons: [`${silence}, and none of blue: the source itself may be gone`],
    };
  if (greenPercent >= 100 || (blue * greenPercent) / (100 - greenPercent) >= EXPECTED_TO_MISS)
    return { kind: 'green-missing', reasons: [`${silence}, while blue counted ${blue}`] };
  return { kind: 'healthy' };
}

function breachOf(guardrail: Guardrail, reading: GuardReading): string | null {
  if (guardrail.metric === 'healthy-targets') {
    const healthy = reading.greenHealthyTargets;
    if (healthy === null || guardrail.min === undefined || reading.greenSinceSeconds === null)
      return null;
    return healthy < guardrail.min
      ? `healthy-targets: green has ${healthy}, the plan wants at least ${guardrail.min}`
      : null;
  }
  const window = reading.sources[guardrail.from];
  if (window === undefined || guardrail.max === undefined) return null;
  const { metric } = guardrail;
  switch (metric) {
    case 'error-rate':
      return errorRateBreach(window.green, guardrail.max, guardrail.minRequests);
    case 'latency-p50':
      return latencyBreach(guardrail, window, (point) => point.p50Ms);
    case 'latency-p90':
      return latencyBreach(guardrail, window, (point) => point.p90Ms);
    case 'latency-p99':
      return latencyBreach(guardrail, window, (point) => point.p99Ms);
    default:
      return assertNever(metric);
  }
}

/** Looks at the newest 1, 2, 4, 8 … periods: short windows see a catastrophe at once, long ones a slow bleed. */
function errorRateBreach(
  points: readonly ColourPoint[],
  maxPercent: number,
  minRequests: number,
): string | null {
  for (let length = 1; length <= LOOKBACK_PERIODS; length *= 2) {
    const recent = points.slice(-length);
    const requests = sum(recent, (point) => point.requests);
    const errors = sum(recent, (point) => point.errors);
    if (
      requests >= minRequests &&
      errors > 0 &&
      upperTail(errors, requests, maxPercent / 100) < LUCK
    )
      return `error-rate: green failed ${errors} of ${requests} requests (${percent(errors, requests)} %), the plan allows ${maxPercent} %`;
    if (length >= points.length) break;
  }
  return null;
}

function latencyBreach(
  guardrail: Guardrail,
  window: SourceWindow,
  read: (point: ColourPoint) => number | null,
): string | null {
  const max = guardrail.max ?? Number.POSITIVE_INFINITY;
  const judged = window.green.filter(
    (point) => point.requests >= guardrail.minRequests && read(point) !== null,
  );
  const newest = read(judged.at(-1) ?? NO_POINT) ?? 0;
  const before = read(judged.at(-2) ?? NO_POINT) ?? 0;
  const says = (why: string): string =>
    `${guardrail.metric}: green at ${Math.round(newest)} ms ${why}, the plan allows ${max} ms`;
  if (newest > max * CATASTROPHE_FACTOR) return says('in one period');
  return newest > max && before > max ? says('for two periods in a row') : null;
}

const NO_POINT: ColourPoint = {
  startSeconds: 0,
  requests: 0,
  errors: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
};

function requestsSince(points: readonly ColourPoint[], fromSeconds: number): number {
  return sum(
    points.filter((point) => point.startSeconds >= fromSeconds),
    (point) => point.requests,
  );
}

function sum(points: readonly ColourPoint[], read: (point: ColourPoint) => number): number {
  return points.reduce((total, point) => total + read(point), 0);
}

function percent(part: number, whole: number): string {
  return ((100 * part) / whole).toFixed(1);
}

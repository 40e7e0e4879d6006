import { assertNever } from './assert-never.ts';
import { upperTail } from './binomial.ts';
import { latencyBreach } from './latency-guardrail.ts';
import type { MigrationPlan } from './migration-plan.ts';
import { judgeSilence, type Feed } from './missing-data.ts';
import {
  pointsSince,
  sum,
  type ColourPoint,
  type ReadLatency,
  type SourceWindow,
} from './traffic-window.ts';

/**
 * The guard's judgement (I1, I4): a pure function of one window of closed metric periods, longer than any of its
 * rules. It keeps no counters, so a restarted, doubled or moved guard judges the same. One blip is not a breach:
 * a rate breaks its guardrail only when luck could not have done it; a percentile only twice in a row, unless it
 * is far beyond the limit.
 */
export type { ColourPoint, SourceWindow } from './traffic-window.ts';

/**
 * How unlikely luck must be before an error rate is a breach. Looks at 5 s wrongly accuse a green that fails exactly as
 * much as the plan allows at most once in twelve days, one that fails half as much once in 20,000 (at 100 requests each).
 */
const LUCK = 1e-6;
/** Periods the guard looks back over; what it must query at least. */
export const LOOKBACK_PERIODS = 24;
/** Short windows see a catastrophe at once, long ones a slow bleed. */
const LOOK_LENGTHS = [1, 2, 4, 8, 16, LOOKBACK_PERIODS] as const;

export type Guardrail = MigrationPlan['spec']['analysis']['guardrails'][number];

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
  const { greenSinceSeconds } = reading;
  if (greenSinceSeconds === null) return { kind: 'healthy' };
  const reasons = guardrails.flatMap(
    (guardrail) => breachOf(guardrail, reading, greenSinceSeconds) ?? [],
  );
  if (reasons.length > 0) return { kind: 'breach', reasons };
  const feeds = [requestsOf(options.truthSource), ...guardrails.flatMap(feedsOf)];
  return judgeSilence(feeds, reading, options.missingDataSeconds) ?? { kind: 'healthy' };
}

function breachOf(
  guardrail: Guardrail,
  reading: GuardReading,
  greenSinceSeconds: number,
): string | null {
  const { metric, max, min, minRequests } = guardrail;
  if (metric === 'healthy-targets') {
    const healthy = reading.greenHealthyTargets;
    return healthy === null || min === undefined || healthy >= min
      ? null
      : `healthy-targets: green has ${healthy}, the plan wants at least ${min}`;
  }
  const window = reading.sources[guardrail.from];
  if (window === undefined || max === undefined) return null;
  // What green did before its first user was smoke tests, or an earlier attempt.
  const points = pointsSince(window, 'green', greenSinceSeconds).slice(-LOOKBACK_PERIODS);
  if (metric === 'error-rate') return errorRateBreach(points, max, minRequests);
  const breach = latencyBreach(points, readerOf(metric), { maxMs: max, minRequests });
  return breach === null ? null : `${metric}: ${breach}, the plan allows ${max} ms`;
}

function errorRateBreach(
  points: readonly ColourPoint[],
  maxPercent: number,
  minRequests: number,
): string | null {
  for (const length of LOOK_LENGTHS) {
    const recent = points.slice(-length);
    const requests = sum(recent, (point) => point.requests);
    const errors = sum(recent, (point) => point.errors);
    const isBreach =
      requests >= minRequests && errors > 0 && upperTail(errors, requests, maxPercent / 100) < LUCK;
    if (isBreach)
      return `error-rate: green failed ${errors} of ${requests} requests (${((100 * errors) / requests).toFixed(1)} %), the plan allows ${maxPercent} %`;
  }
  return null;
}

/** The figures a guardrail needs; target health is read, not counted, and the guard minds that itself. */
function feedsOf({ metric, from }: Guardrail): readonly Feed[] {
  switch (metric) {
    case 'healthy-targets':
      return [];
    case 'error-rate':
      return [requestsOf(from)];
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99': {
      const read = readerOf(metric);
      return [
        {
          source: from,
          what: metric,
          count: (point) => (read(point) === null ? 0 : point.requests),
        },
      ];
    }
    default:
      return assertNever(metric);
  }
}

function requestsOf(source: string): Feed {
  return { source, what: 'request', count: (point) => point.requests };
}

function readerOf(metric: 'latency-p50' | 'latency-p90' | 'latency-p99'): ReadLatency {
  switch (metric) {
    case 'latency-p50':
      return (point) => point.p50Ms;
    case 'latency-p90':
      return (point) => point.p90Ms;
    case 'latency-p99':
      return (point) => point.p99Ms;
    default:
      return assertNever(metric);
  }
}

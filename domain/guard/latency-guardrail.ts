import { isBeyondLuck } from './share-guardrail.ts';
import type { ColourPoint, ReadLatency } from './traffic-window.ts';

/**
 * The guard's judgement of a percentile: slow several times in a row, or so slow once that no second sample is needed. A
 * period with too few requests for its percentile to mean something is put together with its neighbours, so that a green
 * with few users is not left unwatched (I4). Called by the guardrails.
 */

/** A percentile this many times its limit is a catastrophe: the first sample is enough. */
const CATASTROPHE_FACTOR = 5;

export interface LatencyRule {
  /** Milliseconds. */
  readonly maxMs: number;
  /** The share of requests that may be slower than the limit: 0.01 for a 99th percentile. */
  readonly slowerShare: number;
  readonly minRequests: number;
  /** Slow samples in a row that make a breach. */
  readonly consecutive: number;
}

/** Why green is too slow, or null. `points` are green's, oldest first. */
export function latencyBreach(
  points: readonly ColourPoint[],
  read: ReadLatency,
  rule: LatencyRule,
): string | null {
  const { maxMs, minRequests, consecutive } = rule;
  const samples = newestSamples(points, read, minRequests, consecutive);
  const [newest] = samples;
  if (newest === undefined) return null;
  const says = (how: string): string => `green at ${Math.round(newest.latencyMs)} ms ${how}`;
  if (isHalfTooSlow(newest, rule))
    return says(`in one period, half of its requests above ${Math.round(newest.medianMs ?? 0)} ms`);
  if (newest.latencyMs > maxMs * CATASTROPHE_FACTOR) return says('in one period');
  if (samples.length < consecutive || samples.some(({ latencyMs }) => latencyMs <= maxMs))
    return null;
  return says(consecutive === 1 ? 'in one period' : `for ${consecutive} periods in a row`);
}

/**
 * Half of all are slower than the plan allows one in a hundred (or in ten) to be, and luck cannot have done it: for its users a
 * green that is broken altogether, as one that fails half of its requests. Of a median's own limit half may be slower.
 */
function isHalfTooSlow(
  { latencyMs, medianMs, requests }: Sample,
  { maxMs, slowerShare }: LatencyRule,
): boolean {
  if (medianMs === null || Math.min(medianMs, latencyMs) <= maxMs) return false;
  return isBeyondLuck({ bad: Math.floor(requests / 2), all: requests }, slowerShare);
}

interface Sample {
  readonly requests: number;
  /** The percentile. */
  readonly latencyMs: number;
  /** Null where the source has no medians. */
  readonly medianMs: number | null;
}

/**
 * The newest samples, newest first. A sample is a period with enough requests, or neighbouring small periods that
 * together have enough; of those the smallest figures are taken, which the figures of all their requests cannot be
 * below.
 */
function newestSamples(
  points: readonly ColourPoint[],
  read: ReadLatency,
  minRequests: number,
  count: number,
): readonly Sample[] {
  const samples: Sample[] = [];
  let small: Sample | null = null;
  for (const point of points.toReversed()) {
    const latencyMs = read(point);
    const { requests, p50Ms: medianMs } = point;
    if (latencyMs === null || requests <= 0) continue;
    const own: Sample = { requests, latencyMs, medianMs };
    if (requests < minRequests) {
      small = small === null ? own : together(small, own);
      if (small.requests < minRequests) continue;
    }
    samples.push(requests < minRequests && small !== null ? small : own);
    small = null;
    if (samples.length === count) break;
  }
  return samples;
}

function together(one: Sample, other: Sample): Sample {
  return {
    requests: one.requests + other.requests,
    latencyMs: Math.min(one.latencyMs, other.latencyMs),
    medianMs:
      one.medianMs === null || other.medianMs === null
        ? null
        : Math.min(one.medianMs, other.medianMs),
  };
}

import type { ColourPoint, ReadLatency } from './traffic-window.ts';

/**
 * The guard's judgement of a percentile: slow several times in a row, or far beyond the limit once. A period with too few
 * requests for its percentile to mean something is put together with its neighbours, so that a green with few users is
 * not left unwatched (I4). Called by the guardrails.
 */

/** A percentile this many times its limit is a catastrophe: the first sample is enough. */
const CATASTROPHE_FACTOR = 5;

/** Why green is too slow, or null. `points` are green's, oldest first; the limit in milliseconds. */
export function latencyBreach(
  points: readonly ColourPoint[],
  read: ReadLatency,
  limit: {
    readonly maxMs: number;
    readonly minRequests: number;
    /** Slow samples in a row that make a breach. */
    readonly consecutive: number;
  },
): string | null {
  const { maxMs, minRequests, consecutive } = limit;
  const samples = newestSamples(points, read, minRequests, consecutive);
  const [newest = 0] = samples;
  const says = (how: string): string => `green at ${Math.round(newest)} ms ${how}`;
  if (newest > maxMs * CATASTROPHE_FACTOR) return says('in one period');
  if (samples.length < consecutive || samples.some((sample) => sample <= maxMs)) return null;
  return says(consecutive === 1 ? 'in one period' : `for ${consecutive} periods in a row`);
}

/**
 * The percentiles of the newest samples, newest first. A sample is a period with enough requests, or neighbouring
 * small periods that together have enough; of those the smallest percentile is taken, which the percentile of all
 * their requests cannot be below.
 */
function newestSamples(
  points: readonly ColourPoint[],
  read: ReadLatency,
  minRequests: number,
  count: number,
): readonly number[] {
  const samples: number[] = [];
  let small = NOTHING;
  for (const point of points.toReversed()) {
    const latency = read(point);
    if (latency === null || point.requests <= 0) continue;
    if (point.requests >= minRequests) {
      samples.push(latency);
      small = NOTHING;
    } else {
      small = {
        requests: small.requests + point.requests,
        latencyMs: Math.min(small.latencyMs, latency),
      };
      if (small.requests < minRequests) continue;
      samples.push(small.latencyMs);
      small = NOTHING;
    }
    if (samples.length === count) break;
  }
  return samples;
}

const NOTHING = { requests: 0, latencyMs: Number.POSITIVE_INFINITY };

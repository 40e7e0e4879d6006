import type { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';

/** Random draws that a world of requests is made of, from one seeded stream. Exact where counts are small, which is where it matters. */

/** Standard normal (Box–Muller). */
export function gauss(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** How many of `trials` come true, each with probability `share`. Beyond 500 expected: the normal approximation. */
export function binomial(random: SeededRandom, trials: number, share: number): number {
  if (share <= 0 || trials <= 0) return 0;
  if (share > 0.5) return trials - binomial(random, trials, 1 - share);
  const expected = trials * share;
  if (expected > 500) {
    const drawn = expected + Math.sqrt(expected * (1 - share)) * gauss(random);
    return Math.min(trials, Math.max(0, Math.round(drawn)));
  }
  // Waiting times between successes are geometric.
  const never = Math.log(1 - share);
  let count = 0;
  for (let at = waited(random, never); at <= trials; at += waited(random, never)) count += 1;
  return count;
}

function waited(random: SeededRandom, never: number): number {
  return Math.floor(Math.log(1 - random.next()) / never) + 1;
}

/**
 * Where the `quantile` of `size` uniform draws lands, 0–1: an order statistic is Beta-distributed, so the percentile of thousands of
 * requests is drawn exactly, without drawing the requests.
 */
export function quantilePosition(random: SeededRandom, size: number, quantile: number): number {
  const rank = Math.min(size, Math.ceil(quantile * size));
  const below = gamma(random, rank);
  return below / (below + gamma(random, size + 1 - rank));
}

/** Marsaglia and Tsang's method; `shape` at least 1. */
function gamma(random: SeededRandom, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = gauss(random);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * z * z + d - d * v + d * Math.log(v))
      return d * v;
  }
}

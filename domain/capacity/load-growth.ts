import type { ColourPoint } from '#domain/guard/traffic-window.ts';

/**
 * The load now against the load that blue's targets bore when the migration began: what was enough at night is not at noon
 * (I3). The median over minutes is taken, because the moment of a failure is also that of its retries: a storm that ends
 * with the rollback must not forbid the rollback.
 */

/** Within this factor of the baseline it is the same load: rates of neighbouring minutes differ as much. */
const SAME_LOAD_FACTOR = 1.25;

/**
 * At least 1; 1 also where either figure is missing, because an idle or silent source says nothing about a side's ability.
 *
 * @param points of both colours, from periods of `periodSeconds`
 */
export function loadGrowth(
  points: readonly ColourPoint[],
  periodSeconds: number,
  baselineRequestsPerSecond: number,
): number {
  const growth = medianRate(periodsOf(points), periodSeconds) / baselineRequestsPerSecond;
  return Number.isFinite(growth) && growth > SAME_LOAD_FACTOR ? growth : 1;
}

/**
 * Requests per second before anything moved: the median of the periods that had any, because absent ones are missing and not
 * 0. The first of several is left out: users may have begun in the middle of it. 0 without requests.
 */
export function everydayRate(points: readonly ColourPoint[], periodSeconds: number): number {
  const [first = 0, ...whole] = periodsOf(points);
  return medianRate(whole.length === 0 ? [first] : whole, periodSeconds);
}

/** Requests of the periods that had any, oldest first. */
function periodsOf(points: readonly ColourPoint[]): readonly number[] {
  const byPeriod = new Map<number, number>();
  for (const { startSeconds, requests } of points)
    if (requests > 0) byPeriod.set(startSeconds, (byPeriod.get(startSeconds) ?? 0) + requests);
  return [...byPeriod].toSorted(([a], [b]) => a - b).map(([, requests]) => requests);
}

function medianRate(periods: readonly number[], periodSeconds: number): number {
  const sorted = periods.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0) / periodSeconds;
}

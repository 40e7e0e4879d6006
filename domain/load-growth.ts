import type { ColourPoint } from './traffic-window.ts';

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
  const byPeriod = new Map<number, number>();
  for (const { startSeconds, requests } of points)
    byPeriod.set(startSeconds, (byPeriod.get(startSeconds) ?? 0) + requests);
  const rates = [...byPeriod.values()].toSorted((a, b) => a - b);
  const now = (rates[Math.floor(rates.length / 2)] ?? 0) / periodSeconds;
  const growth = now / baselineRequestsPerSecond;
  return Number.isFinite(growth) && growth > SAME_LOAD_FACTOR ? growth : 1;
}

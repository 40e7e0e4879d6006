/** Bounds for counts of random events, wide enough (below 1e-6 by Bernstein's inequality) that a right program never fails. */

const LOG_ODDS = Math.log(2e6);

/** Whether `hits` of `trials` at probability `p` deviate by no more than one run in a million would. */
export function withinBinomialBounds(hits: number, trials: number, p: number): boolean {
  const variance = trials * p * (1 - p);
  const bound = LOG_ODDS / 3 + Math.sqrt((LOG_ODDS / 3) ** 2 + 2 * variance * LOG_ODDS);
  return Math.abs(hits - trials * p) <= bound;
}

import { normalUpperQuantile } from './normal.ts';
import { nthDifference } from './pairwise-differences.ts';
import { deviationOfU, tieTerm, type SortedSamples } from './sorted-samples.ts';

/**
 * By how much the experiment lies above the control: the Hodges-Lehmann estimate and its confidence interval. The interval is
 * Kayenta's, which is R's `wilcox.test(conf.int = TRUE, exact = FALSE)`: the shifts at which the test statistic crosses the
 * normal quantile. R and Kayenta search for the crossing and stop within 1e-4; the statistic is a staircase whose steps are
 * the pairwise differences, so the crossing is one of them and is found exactly.
 */
export interface Shift {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** `confidence` as a share, above 0 and below 1. Both sides need at least one sample. */
export function shiftOf(
  experiment: SortedSamples,
  control: SortedSamples,
  confidence: number,
): Shift {
  return {
    estimate: hodgesLehmann(experiment, control),
    ...shiftInterval(experiment, control, confidence),
  };
}

/** The median of all pairwise differences. */
function hodgesLehmann(experiment: SortedSamples, control: SortedSamples): number {
  const pairs = experiment.length * control.length;
  const upper = nthDifference(experiment, control, Math.floor(pairs / 2) + 1);
  if (pairs % 2 === 1) return upper;
  return (nthDifference(experiment, control, pairs / 2) + upper) / 2;
}

/**
 * With few samples the confidence cannot be reached; then the interval is all there is, from the least to the greatest
 * difference. `inflation`: of the variance, where samples are not independent (`serial-correlation.ts`).
 */
export function shiftInterval(
  experiment: SortedSamples,
  control: SortedSamples,
  confidence: number,
  inflation = 1,
): { readonly low: number; readonly high: number } {
  const [m, n] = [experiment.length, control.length];
  const pairs = m * n;
  // Between two steps of the staircase no sample of one side equals one of the other: only ties within a side are left.
  const deviation = deviationOfU(m, n, tieTerm(experiment) + tieTerm(control));
  const reach = normalUpperQuantile((1 - confidence) / 2) * deviation * Math.sqrt(inflation);
  const rank = Math.max(1, Math.ceil(pairs / 2 - 0.5 - reach));
  // At low confidence the continuity correction could make the ends cross.
  const lower = Math.min(rank, Math.ceil(pairs / 2));
  return {
    low: nthDifference(experiment, control, lower),
    high: nthDifference(experiment, control, pairs + 1 - lower),
  };
}

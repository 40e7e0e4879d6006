import { normalUpperQuantile, normalUpperTail } from './normal.ts';
import { sortSamples, type SortedSamples } from './sorted-samples.ts';

/**
 * Neighbouring periods are not independent: a noisy neighbour stays for a minute. Sixty such samples know less than sixty
 * independent ones, and a test that counts them in full takes one bad minute for a difference between clusters. How much less
 * they know is estimated from the samples themselves: the long-run variance of their ranks with Bartlett's weights (Newey and
 * West, 1987). What hits both sides in the same period is no difference, so where periods are shared it is that of the difference.
 */
export interface SidesInTime {
  /** In order of time; NaN where a sample is missing. */
  readonly experiment: readonly number[];
  readonly control: readonly number[];
  /** `shared`: equal places are equal periods. */
  readonly time: 'shared' | 'apart';
}

/**
 * By how much the variance of the shift between two sides exceeds what independent samples would have; at least 1. Ranks are
 * taken over both sides together, so that a heavy tail counts by its place.
 */
export function varianceInflation({ experiment, control, time }: SidesInTime): number {
  const all = sortSamples([...experiment, ...control].filter((sample) => !Number.isNaN(sample)));
  const ranks = {
    experiment: experiment.map((sample) => middleRank(all, sample)),
    control: control.map((sample) => middleRank(all, sample)),
  };
  return Math.max(1, time === 'shared' ? inflationTogether(ranks) : inflationApart(ranks));
}

/** The p-value that the same distance has at a larger variance. */
export function inflatedPValue(pValue: number, inflation: number): number {
  if (pValue >= 1) return 1;
  return 2 * normalUpperTail(normalUpperQuantile(pValue / 2) / Math.sqrt(inflation));
}

/** With fewer periods in common their differences tell nothing of neighbours. */
const FEWEST_PAIRS = 8;

/** Ranks of both sides, null where a sample is missing. */
interface Ranks {
  readonly experiment: readonly (number | null)[];
  readonly control: readonly (number | null)[];
}

function inflationTogether(ranks: Ranks): number {
  const pairs = ranks.experiment.flatMap((experiment, index) => {
    const control = ranks.control[index] ?? null;
    return experiment === null || control === null ? [] : [{ experiment, control }];
  });
  if (pairs.length < FEWEST_PAIRS) return inflationApart(ranks);
  const independent =
    variance(pairs.map(({ experiment }) => experiment)) +
    variance(pairs.map(({ control }) => control));
  const difference = pairs.map(({ experiment, control }) => experiment - control);
  return independent === 0 ? 1 : longRunVariance(difference) / independent;
}

function inflationApart(ranks: Ranks): number {
  const [experiment, control] = [ranks.experiment, ranks.control].map((side) =>
    side.flatMap((rank) => rank ?? []),
  );
  if (experiment === undefined || control === undefined) return 1;
  const [m, n] = [experiment.length, control.length];
  if (m === 0 || n === 0) return 1;
  return (ownInflation(experiment) / m + ownInflation(control) / n) / (1 / m + 1 / n);
}

function ownInflation(ranks: readonly number[]): number {
  const independent = variance(ranks);
  return independent === 0 ? 1 : Math.max(1, longRunVariance(ranks) / independent);
}

function longRunVariance(values: readonly number[]): number {
  const lags = Math.floor(Math.sqrt(values.length));
  let sum = variance(values);
  for (let lag = 1; lag <= lags; lag += 1)
    sum += 2 * (1 - lag / (lags + 1)) * covariance(values, lag);
  return sum;
}

function variance(values: readonly number[]): number {
  return covariance(values, 0);
}

/** Between each value and the one `lag` places before it. */
function covariance(values: readonly number[], lag: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let sum = 0;
  for (let i = lag; i < values.length; i += 1)
    sum += ((values[i] ?? 0) - mean) * ((values[i - lag] ?? 0) - mean);
  return sum / values.length;
}

/** Half way between the first and the last place of equal values; null for a missing one. */
function middleRank(sorted: SortedSamples, value: number): number | null {
  if (Number.isNaN(value)) return null;
  const below = placeOf(sorted, (other) => other < value);
  return (below + placeOf(sorted, (other) => other <= value)) / 2;
}

/** How many values are before, where `isBefore` holds for a head of the list. */
function placeOf(sorted: SortedSamples, isBefore: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBefore(sorted[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

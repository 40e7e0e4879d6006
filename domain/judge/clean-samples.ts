import type { MetricRules } from './metric-rules.ts';
import { sortSamples, type SortedSamples } from './sorted-samples.ts';

/** Raw samples to what is compared: missing ones (NaN) removed or replaced, outliers dropped where the rules say so. */
export function cleanSamples(
  samples: readonly number[],
  { missing, outlierFactor }: Pick<MetricRules, 'missing' | 'outlierFactor'>,
): SortedSamples {
  const present =
    missing === 'zero'
      ? samples.map((sample) => (Number.isNaN(sample) ? 0 : sample))
      : samples.filter((sample) => !Number.isNaN(sample));
  const sorted = sortSamples(present);
  return outlierFactor === null ? sorted : withoutOutliers(sorted, outlierFactor);
}

/**
 * Tukey's fences, `factor` interquartile ranges beyond the quartiles, but never inside the 1st and 99th percentile: in
 * series that are mostly one value the range is 0, and everything else would be an outlier.
 */
function withoutOutliers(sorted: SortedSamples, factor: number): SortedSamples {
  if (sorted.length === 0) return sorted;
  const [lower, upper] = [percentile(sorted, 25), percentile(sorted, 75)];
  const reach = factor * (upper - lower);
  const least = Math.min(percentile(sorted, 1), lower - reach);
  const most = Math.max(percentile(sorted, 99), upper + reach);
  return sorted.filter((sample) => sample >= least && sample <= most);
}

/** At position p·(n + 1), between neighbours in proportion: the definition that Kayenta's library uses. */
function percentile(sorted: SortedSamples, percent: number): number {
  const position = (percent * (sorted.length + 1)) / 100;
  const below = Math.min(Math.max(1, Math.floor(position)), sorted.length);
  const above = Math.min(below + 1, sorted.length);
  const part = Math.min(Math.max(0, position - below), 1);
  const [low, high] = [sorted[below - 1] ?? 0, sorted[above - 1] ?? 0];
  return low + part * (high - low);
}

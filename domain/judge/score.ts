import type { Classification } from './classify-metrics.ts';

/**
 * From metrics to one score, 0–100, by Kayenta's rules: a group's score is the share of its metrics that pass, the score their
 * weighted sum. A critical failure makes it 0, and so do half of all metrics without data.
 */
export interface ScoredMetric {
  readonly classification: Classification;
  readonly isCriticalFailure: boolean;
  readonly mustHaveData: boolean;
  readonly groups: readonly string[];
}

export interface Score {
  readonly score: number;
  /** What made it 0 whatever the groups say; null where the groups decide. */
  readonly because: 'critical failure' | 'missing data' | null;
}

/** With this share of metrics without data, in percent, nothing can be said for the rest. */
const MOST_NODATA_PERCENT = 50;

/** `groupWeights` in percent by group; groups without one share what is left of 100. */
export function scoreMetrics(
  metrics: readonly ScoredMetric[],
  groupWeights: Readonly<Record<string, number>>,
): Score {
  if (metrics.some(({ isCriticalFailure }) => isCriticalFailure))
    return { score: 0, because: 'critical failure' };
  const nodata = metrics.filter(
    ({ classification, mustHaveData }) => classification === 'Nodata' && !mustHaveData,
  );
  if (100 * nodata.length >= MOST_NODATA_PERCENT * metrics.length)
    return { score: 0, because: 'missing data' };
  return { score: weightedSum(metrics, groupWeights), because: null };
}

function weightedSum(
  metrics: readonly ScoredMetric[],
  weights: Readonly<Record<string, number>>,
): number {
  const groups = [...new Set(metrics.flatMap(({ groups }) => groups))];
  const unweighted = groups.filter((group) => !Object.hasOwn(weights, group));
  const given = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const sum = groups.reduce((total, group) => {
    const weight = Object.hasOwn(weights, group)
      ? (weights[group] ?? 0)
      : (100 - given) / unweighted.length;
    return total + (groupScore(metrics, group) * weight) / 100;
  }, 0);
  return Math.round(sum * 100) / 100;
}

/** 0–100; a group without any data takes nothing away. */
function groupScore(metrics: readonly ScoredMetric[], group: string): number {
  const counted = metrics.filter(
    ({ groups, classification, mustHaveData }) =>
      groups.includes(group) && (classification !== 'Nodata' || mustHaveData),
  );
  if (counted.length === 0) return 100;
  const passed = counted.filter(({ classification }) => classification === 'Pass');
  return (100 * passed.length) / counted.length;
}

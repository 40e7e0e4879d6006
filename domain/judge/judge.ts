import {
  classifyMetrics,
  type Classification,
  type ClassifySettings,
  type MetricSamples,
} from './classify-metrics.ts';
import { explainMetric, type SideNames } from './explain-metric.ts';
import { scoreMetrics } from './score.ts';
import type { Shift } from './shift.ts';
import { verdictOfScore, type VerdictThresholds } from './verdict-thresholds.ts';

/**
 * The judge as Kayenta is one: samples of two sides in, a verdict with its score and every metric's figures out. Called by
 * `cutover judge`; a migration's steps are judged by `judge-step.ts`, which knows requests and weights.
 */
export interface JudgeSettings extends ClassifySettings {
  readonly thresholds: VerdictThresholds;
  /** Percent by group. */
  readonly groupWeights: Readonly<Record<string, number>>;
  readonly names: SideNames;
}

export interface JudgedMetric {
  readonly name: string;
  readonly classification: Classification;
  readonly pValue: number | null;
  readonly shift: Shift | null;
  readonly effect: number | null;
  readonly reason: string;
}

export interface Judgement {
  /** `nodata`: not one metric had enough data. */
  readonly verdict: 'pass' | 'marginal' | 'fail' | 'nodata';
  /** 0–100. */
  readonly score: number;
  readonly metrics: readonly JudgedMetric[];
}

export function judge(metrics: readonly MetricSamples[], settings: JudgeSettings): Judgement {
  const classified = classifyMetrics(metrics, settings);
  const ruled = metrics.flatMap(({ rules }, index) => {
    const metric = classified[index];
    return metric === undefined ? [] : [{ rules, metric }];
  });
  const { score } = scoreMetrics(
    ruled.map(({ rules: { mustHaveData, groups }, metric }) => ({
      ...metric,
      mustHaveData,
      groups,
    })),
    settings.groupWeights,
  );
  const isNodata = classified.every(({ classification }) => classification === 'Nodata');
  return {
    verdict: isNodata ? 'nodata' : verdictOfScore(score, settings.thresholds),
    score,
    metrics: ruled.map(({ rules, metric }) => ({
      name: metric.name,
      classification: metric.classification,
      pValue: metric.pValue,
      shift: metric.shift,
      effect: metric.effect,
      reason: explainMetric(metric, rules, settings, settings.names),
    })),
  };
}

import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { sum, type ColourPoint } from '#domain/guard/traffic-window.ts';
import type { MetricSamples } from './classify-metrics.ts';
import { DEFAULT_RULES, effectLimits, type MetricRules } from './metric-rules.ts';
import type { ShareTotals } from './pooled-shares.ts';
import { sampleOf } from './sample-floors.ts';

/**
 * From a step's points to what the judge compares: a sample per closed period, rates per request so that unequal weights do not
 * matter, and the plan's comparison as rules. Called by `judge-step.ts`.
 */
export type StepComparison = MigrationPlan['spec']['analysis']['compare'][number];

export interface StepEvidence {
  /**
   * `live`: blue's points are of the same periods as green's. `recorded`: blue has no users any more, and its points are those
   * of the last step at which it had at least 25 %.
   */
  readonly control: 'live' | 'recorded';
  /** By source: points of closed periods in which the step's weights held. */
  readonly sources: Readonly<
    Record<
      string,
      { readonly blue: readonly ColourPoint[]; readonly green: readonly ColourPoint[] }
    >
  >;
}

/**
 * What another hour may do to an error rate or a latency. Blue's recorded points are of another time than green's, so up to
 * ten percent of difference is laid at the day's door.
 */
const RECORDED_DRIFT = 1.1;

/**
 * What counts as an increase where the plan does not say. Two clusters are never alike to the last percent, and with thousands of
 * requests any difference is real; whether it matters is another question. Error rates are small: a fifth more of 0.1 % is 0.02
 * percentage points. Absolute limits are the guardrails' business.
 */
const LARGE_ENOUGH: Readonly<Record<StepComparison['metric'], number>> = {
  'error-rate': 1.2,
  'latency-p50': 1.1,
  'latency-p90': 1.1,
  'latency-p99': 1.1,
};

/** One comparison's samples, a period each, and its rules. */
export function stepSamples(comparison: StepComparison, evidence: StepEvidence): MetricSamples {
  const { metric, from } = comparison;
  const { blue, green } = evidence.sources[from] ?? { blue: [], green: [] };
  const together = evidence.control === 'live' ? startsOf([...blue, ...green]) : null;
  const values = (points: readonly ColourPoint[]): readonly number[] => {
    const samples = new Map(
      points.map((point) => [point.startSeconds, sampleOf(metric, point) ?? Number.NaN]),
    );
    return (together ?? startsOf(points)).map((start) => samples.get(start) ?? Number.NaN);
  };
  return {
    name: `${metric} from ${from}`,
    rules: rulesOf(comparison, evidence.control),
    control: values(blue),
    experiment: values(green),
    time: evidence.control === 'live' ? 'shared' : 'apart',
    ...(metric === 'error-rate' ? { totals: totalsOf(blue, green) } : {}),
  };
}

function startsOf(points: readonly ColourPoint[]): readonly number[] {
  return [...new Set(points.map(({ startSeconds }) => startSeconds))].sort((a, b) => a - b);
}

function rulesOf(comparison: StepComparison, control: StepEvidence['control']): MetricRules {
  const { direction, critical, tolerance, metric } = comparison;
  const drift = control === 'recorded' ? RECORDED_DRIFT : 1;
  const { allowedIncrease = LARGE_ENOUGH[metric] } = comparison;
  const allowed = {
    allowedIncrease: allowedIncrease * drift,
    allowedDecrease: 1 / (LARGE_ENOUGH[metric] * drift),
  };
  const effect = effectLimits('mean-ratio', allowed);
  return { ...DEFAULT_RULES, direction, critical, tolerance, effect, groups: ['step'] };
}

function totalsOf(blue: readonly ColourPoint[], green: readonly ColourPoint[]): ShareTotals {
  const count = (points: readonly ColourPoint[]): ShareTotals['control'] => ({
    events: sum(points, ({ errors }) => errors),
    trials: sum(points, ({ requests }) => requests),
  });
  return { experiment: count(green), control: count(blue) };
}

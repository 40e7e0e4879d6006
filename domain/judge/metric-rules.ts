/**
 * What is asked of one metric: Kayenta's per-metric settings under their names, so that its configurations carry over
 * (docs/judge.md). Called by everything in this folder.
 */
export interface MetricRules {
  /** Which difference is bad: the experiment above the control, below it, or both. */
  readonly direction: 'increase' | 'decrease' | 'either';
  /** Whether this metric alone fails everything. */
  readonly critical: boolean;
  /** Whether missing data counts as a failed metric instead of being left out of its group's score. */
  readonly mustHaveData: boolean;
  /** Share of the shift's estimate that its interval must clear, 0–1. */
  readonly tolerance: number;
  /** What stands for a missing sample: nothing, or 0 (for counts that are only reported when there is something to count). */
  readonly missing: 'remove' | 'zero';
  /** Samples beyond this many interquartile ranges from the quartiles are dropped; null keeps all. */
  readonly outlierFactor: number | null;
  readonly effect: EffectLimits;
  /** Groups whose score this metric counts in. */
  readonly groups: readonly string[];
}

/** How large a difference must be to count, besides being no accident. */
export interface EffectLimits {
  /** `mean-ratio`: the experiment's mean by the control's. `cles`: the share of pairs in which the experiment is above. */
  readonly measure: 'mean-ratio' | 'cles';
  /** An effect below this is no increase. */
  readonly allowedIncrease: number;
  /** An effect above this is no decrease. */
  readonly allowedDecrease: number;
  /** For a critical metric: an increase below this fails the metric, not everything. */
  readonly criticalIncrease: number;
  /** The same of a decrease. */
  readonly criticalDecrease: number;
}

/** No effect at all: a ratio of 1, or even odds. */
export function effectLimits(
  measure: EffectLimits['measure'],
  limits: Partial<Omit<EffectLimits, 'measure'>> = {},
): EffectLimits {
  const none = measure === 'mean-ratio' ? 1 : 0.5;
  return {
    measure,
    allowedIncrease: none,
    allowedDecrease: none,
    criticalIncrease: none,
    criticalDecrease: none,
    ...limits,
  };
}

/** Kayenta's: what holds where a configuration says nothing. */
export const DEFAULT_RULES: MetricRules = {
  direction: 'either',
  critical: false,
  mustHaveData: false,
  tolerance: 0.25,
  missing: 'remove',
  outlierFactor: null,
  effect: effectLimits('mean-ratio'),
  groups: [],
};

/** Confidence of the interval, a share. */
export const DEFAULT_CONFIDENCE = 0.98;
/** Kayenta's factor where outliers are removed and none is given. */
export const DEFAULT_OUTLIER_FACTOR = 3;

import { assertNever } from '#domain/assert-never.ts';
import type { EffectLimits, MetricRules } from './metric-rules.ts';
import type { SortedSamples } from './sorted-samples.ts';

/**
 * How large a difference is, whatever its significance. A ratio needs a control above 0: from nothing to something is an
 * infinite increase (Kayenta calls it 1, so that a control without errors hides any number of them), and of a negative control
 * there is none (null), so the interval alone decides.
 */
export function effectOf(
  measure: EffectLimits['measure'],
  sides: {
    readonly experiment: SortedSamples;
    readonly control: SortedSamples;
    /** Pairs in which the experiment is above. */
    readonly u: number;
  },
): number | null {
  const { experiment, control, u } = sides;
  switch (measure) {
    case 'mean-ratio':
      return ratio(mean(experiment), mean(control));
    case 'cles':
      return u / (experiment.length * control.length);
    default:
      return assertNever(measure);
  }
}

/** Of two means or shares; see above for a control that is not positive. */
export function ratio(experiment: number, control: number): number | null {
  if (control > 0) return experiment / control;
  if (control < 0) return null;
  return experiment > 0 ? Number.POSITIVE_INFINITY : experiment === 0 ? 1 : null;
}

/** Is the effect large enough to count as a difference to this side? */
export function isLarge(
  effect: number | null,
  side: 'High' | 'Low',
  { effect: limits }: MetricRules,
  as: 'failure' | 'critical failure',
): boolean {
  if (effect === null) return true;
  if (side === 'High')
    return effect >= (as === 'failure' ? limits.allowedIncrease : limits.criticalIncrease);
  return effect <= (as === 'failure' ? limits.allowedDecrease : limits.criticalDecrease);
}

function mean(samples: SortedSamples): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

import { cleanSamples } from './clean-samples.ts';
import { effectOf, isLarge, ratio } from './effect-size.ts';
import { holmLevels, type Level } from './holm.ts';
import { mannWhitney } from './mann-whitney.ts';
import type { MetricRules } from './metric-rules.ts';
import { pooledTail, type ShareTotals } from './pooled-shares.ts';
import { shiftInterval, shiftOf, type Shift } from './shift.ts';
import { inflatedPValue, varianceInflation, type SidesInTime } from './serial-correlation.ts';
import type { SortedSamples } from './sorted-samples.ts';

/**
 * Metric by metric: does the experiment differ from the control in a way that is bad, real and large enough? Different means
 * that the shift's confidence interval clears the tolerance; with several metrics, at the level that Holm's method leaves
 * each (docs/decisions/0020-judge-holm.md). Too few samples are `Nodata`, never `Pass` (I4). Deterministic.
 */
export type Classification = 'Pass' | 'High' | 'Low' | 'Nodata';

export interface MetricSamples {
  readonly name: string;
  readonly rules: MetricRules;
  /** NaN where a sample is missing. */
  readonly control: readonly number[];
  readonly experiment: readonly number[];
  /** Of a metric that is a share of events: what it was counted from. A difference then has to show in the totals too. */
  readonly totals?: ShareTotals;
  /** Samples are in order of time, and neighbours may hang together. Absent: taken to be independent, as Kayenta does. */
  readonly time?: SidesInTime['time'];
}

export interface ClassifySettings {
  /** Of each interval; 1 − confidence is also the chance of any false alarm that `holm` keeps to. Above 0, below 1. */
  readonly confidence: number;
  /** Fewest samples a side, at least 1. */
  readonly fewestSamples: number;
  /** `each-alone`: plain Kayenta, where twenty metrics are twenty chances of a false alarm. */
  readonly comparisons: 'holm' | 'each-alone';
}

export interface ClassifiedMetric {
  readonly name: string;
  readonly classification: Classification;
  /** Failed so badly, or lacks data in such a way, that it fails everything. */
  readonly isCriticalFailure: boolean;
  /** Two-sided, of this metric alone; null where a side has no sample. */
  readonly pValue: number | null;
  /** Experiment less control, at the settings' confidence; null where a side has no sample. */
  readonly shift: Shift | null;
  /** By the measure of the rules; null where there is none, Infinity from nothing to something. */
  readonly effect: number | null;
  /** Samples compared. */
  readonly samples: { readonly control: number; readonly experiment: number };
}

export function classifyMetrics(
  metrics: readonly MetricSamples[],
  settings: ClassifySettings,
): readonly ClassifiedMetric[] {
  const compared = metrics.map((metric) => compare(metric, settings));
  const judged = compared.filter(({ hasEnough }) => hasEnough);
  const alpha = 1 - settings.confidence;
  const levels =
    settings.comparisons === 'holm'
      ? holmLevels(
          judged.map(({ pValue, inflation }) => inflatedPValue(pValue ?? 1, inflation)),
          alpha,
        )
      : judged.map(() => ({ alpha, isSignificant: true }));
  return compared.map((comparison) =>
    verdictOf(comparison, levels[judged.indexOf(comparison)] ?? null),
  );
}

interface Comparison {
  readonly metric: MetricSamples;
  readonly control: SortedSamples;
  readonly experiment: SortedSamples;
  readonly hasEnough: boolean;
  /** Of the shift's variance, by what neighbouring samples have in common. */
  readonly inflation: number;
  readonly pValue: number | null;
  readonly shift: Shift | null;
  readonly effect: number | null;
}

function compare(metric: MetricSamples, settings: ClassifySettings): Comparison {
  const control = cleanSamples(metric.control, metric.rules);
  const experiment = cleanSamples(metric.experiment, metric.rules);
  const fewest = Math.min(control.length, experiment.length);
  const sides = {
    metric,
    control,
    experiment,
    hasEnough: fewest >= settings.fewestSamples,
    inflation: metric.time === undefined ? 1 : varianceInflation({ ...metric, time: metric.time }),
  };
  if (fewest === 0) return { ...sides, pValue: null, shift: null, effect: null };
  const { u, pValue } = mannWhitney(experiment, control);
  return {
    ...sides,
    pValue,
    shift: shiftOf(experiment, control, settings.confidence),
    effect: effectIn(metric, { experiment, control, u }),
  };
}

/** Of a share the totals' ratio: samples of few requests must not weigh as much as those of many. */
function effectIn(
  { rules, totals }: MetricSamples,
  sides: Parameters<typeof effectOf>[1],
): number | null {
  const { measure } = rules.effect;
  if (totals === undefined || measure === 'cles') return effectOf(measure, sides);
  const { experiment, control } = totals;
  return ratio(experiment.events / experiment.trials, control.events / control.trials);
}

/** `level` is null for a metric without enough samples. */
function verdictOf(comparison: Comparison, level: Level | null): ClassifiedMetric {
  const { metric, control, experiment, pValue, shift, effect } = comparison;
  const { rules, name } = metric;
  const side = level === null ? null : differentSide(comparison, level);
  const isFailure = side !== null && isLarge(effect, side, rules, 'failure');
  const classification = level === null ? 'Nodata' : isFailure ? side : 'Pass';
  const isCriticalFailure =
    rules.critical &&
    (level === null || (isFailure && isLarge(effect, side, rules, 'critical failure')));
  return {
    name,
    classification,
    isCriticalFailure,
    pValue,
    shift,
    effect,
    samples: { control: control.length, experiment: experiment.length },
  };
}

/** To which side is the experiment different, if that side is bad? */
function differentSide(comparison: Comparison, level: Level): 'High' | 'Low' | null {
  const { metric, control, experiment, shift, inflation } = comparison;
  const { direction, tolerance } = metric.rules;
  if (shift === null || !level.isSignificant) return null;
  const bound = tolerance * Math.abs(shift.estimate);
  const { low, high } = shiftInterval(experiment, control, 1 - level.alpha, inflation);
  if (direction !== 'decrease' && low > bound && isInTotals(metric, 'High', level)) return 'High';
  if (direction !== 'increase' && high < -bound && isInTotals(metric, 'Low', level)) return 'Low';
  return null;
}

function isInTotals({ totals }: MetricSamples, side: 'High' | 'Low', level: Level): boolean {
  return totals === undefined || pooledTail(totals, side) <= level.alpha / 2;
}

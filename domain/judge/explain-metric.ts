import { assertNever } from '#domain/assert-never.ts';
import type { ClassifiedMetric, ClassifySettings } from './classify-metrics.ts';
import type { MetricRules } from './metric-rules.ts';

/** Why a metric was classified so, in one sentence. */
export interface SideNames {
  /** What is judged: `green`, or the name of a file. */
  readonly experiment: string;
  /** What it is compared with. */
  readonly control: string;
}

export function explainMetric(
  metric: ClassifiedMetric,
  rules: MetricRules,
  settings: ClassifySettings,
  { experiment, control }: SideNames,
): string {
  const { classification, samples } = metric;
  switch (classification) {
    case 'Nodata':
      return (
        `too little data: ${experiment} has ${count(samples.experiment)} and ${control} ${samples.control}, ` +
        `at least ${settings.fewestSamples} each are needed`
      );
    case 'Pass':
      return `no ${bad(rules)} of ${experiment} that is real and large enough${figures(metric, rules, settings)}`;
    case 'High':
      return `${experiment} is above ${control}${figures(metric, rules, settings)}`;
    case 'Low':
      return `${experiment} is below ${control}${figures(metric, rules, settings)}`;
    default:
      return assertNever(classification);
  }
}

/** A figure as people read it: four digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function bad({ direction }: MetricRules): string {
  return direction === 'either' ? 'difference' : direction;
}

function count(samples: number): string {
  return samples === 1 ? '1 sample' : `${samples} samples`;
}

function figures(
  { shift, effect }: ClassifiedMetric,
  rules: MetricRules,
  settings: ClassifySettings,
): string {
  if (shift === null) return '';
  const interval = `${figure(100 * settings.confidence)} % interval ${figure(shift.low)} to ${figure(shift.high)}`;
  return `: shift ${figure(shift.estimate)} (${interval})${effectText(effect, rules)}`;
}

function effectText(effect: number | null, { effect: { measure } }: MetricRules): string {
  if (effect === null) return '';
  if (measure === 'cles') return `, above in ${figure(100 * effect)} % of pairs`;
  return Number.isFinite(effect) ? `, mean × ${figure(effect)}` : ', from a mean of 0';
}

import { clip, jsonBytes } from '#domain/migration/bounds.ts';
import { classifyMetrics, type Classification, type ClassifiedMetric } from './classify-metrics.ts';
import { explainMetric } from './explain-metric.ts';
import type { MetricRules } from './metric-rules.ts';
import { FEWEST_SAMPLES } from './sample-floors.ts';
import { scoreMetrics } from './score.ts';
import type { Shift } from './shift.ts';
import { stepSamples, type StepComparison, type StepEvidence } from './step-samples.ts';
import { DEFAULT_THRESHOLDS, verdictOfScore } from './verdict-thresholds.ts';

/**
 * The judge at the end of a step: green with blue, by the plan's comparisons, a sample per closed period. Missing data is never
 * good news (I4): where anything the plan compares lacks data and nothing has failed, the verdict is `nodata`. Pure; the
 * result is at most 8 KB of JSON and may enter history.
 */
export type { StepEvidence } from './step-samples.ts';

export interface StepJudgement {
  readonly verdict: 'pass' | 'marginal' | 'fail' | 'nodata';
  /** Over the comparisons that had data, 0–100. */
  readonly score: number;
  readonly control: StepEvidence['control'];
  /** Of a `nodata`: would a longer bake help? False where green's periods have too few requests at this weight. */
  readonly moreTimeHelps: boolean;
  /** What went wrong or is missing, for people; empty on a pass. */
  readonly reasons: readonly string[];
  /** What failed first, then what lacked data, then what passed; as many as fit. */
  readonly metrics: readonly StepMetric[];
}

interface StepMetric {
  readonly metric: StepComparison['metric'];
  readonly from: string;
  readonly classification: Classification;
  readonly pValue: number | null;
  /** Green less blue, in the metric's unit. */
  readonly shift: Shift | null;
  /** Green's mean by blue's; null where blue's is 0. */
  readonly effect: number | null;
  /** Periods compared. */
  readonly samples: { readonly blue: number; readonly green: number };
}

/** `comparisons`: at least one. */
export function judgeStep(
  comparisons: readonly StepComparison[],
  evidence: StepEvidence,
): StepJudgement {
  const judged = classify(comparisons, evidence);
  const lacking = judged.filter(({ result }) => result.classification === 'Nodata');
  const decided = judged.filter(({ result }) => result.classification !== 'Nodata');
  const failed = decided.filter(({ result }) => result.classification !== 'Pass');
  const { score } = scoreMetrics(
    decided.map(({ result, rules }) => ({ ...result, mustHaveData: false, groups: rules.groups })),
    {},
  );
  const head = {
    verdict: verdictOf(score, { decided: decided.length, lacking: lacking.length }),
    score,
    control: evidence.control,
    moreTimeHelps: lacking.some((one) => couldFill(one, evidence)),
  };
  const notes = [...failed, ...lacking].map(
    ({ comparison, result, rules }) =>
      `${comparison.metric} from ${comparison.from}: ${explainMetric(result, rules, SETTINGS, SIDES)}`,
  );
  const reasons = fitting(
    notes.map((note) => clip(note, MOST_NOTE_BYTES)),
    MOST_BYTES / 2,
  );
  const told = [...judged].sort((a, b) => weightOf(a) - weightOf(b)).map(metricOf);
  const metrics = fitting(told, MOST_BYTES - jsonBytes({ ...head, reasons, metrics: [] }));
  return { ...head, reasons, metrics };
}

/**
 * Of the intervals. Above Kayenta's 0.98, because a shift is judged at every step and each false alarm sends it back; what it
 * costs in misses and saves in false alarms is measured by `npm run bench -- judgement`.
 */
const STEP_CONFIDENCE = 0.99;

const SETTINGS = {
  confidence: STEP_CONFIDENCE,
  fewestSamples: FEWEST_SAMPLES,
  comparisons: 'holm',
} as const;

const SIDES = { experiment: 'green', control: 'blue' };
/** What a step may write into history (DESIGN section 4). */
const MOST_BYTES = 8_000;
const MOST_NOTE_BYTES = 400;

interface Judged {
  readonly comparison: StepComparison;
  readonly result: ClassifiedMetric;
  readonly rules: MetricRules;
}

function classify(
  comparisons: readonly StepComparison[],
  evidence: StepEvidence,
): readonly Judged[] {
  const samples = comparisons.map((comparison) => stepSamples(comparison, evidence));
  const results = classifyMetrics(samples, SETTINGS);
  return comparisons.flatMap((comparison, index) => {
    const [result, metric] = [results[index], samples[index]];
    return result === undefined || metric === undefined
      ? []
      : [{ comparison, result, rules: metric.rules }];
  });
}

function verdictOf(
  score: number,
  { decided, lacking }: { readonly decided: number; readonly lacking: number },
): StepJudgement['verdict'] {
  const verdict = decided === 0 ? 'nodata' : verdictOfScore(score, DEFAULT_THRESHOLDS);
  return verdict === 'fail' || lacking === 0 ? verdict : 'nodata';
}

/** More periods help unless there are enough already and none of them has the requests that its figure needs. */
function couldFill({ comparison, result }: Judged, { sources }: StepEvidence): boolean {
  const source = sources[comparison.from];
  const isHopeless = (points: number, samples: number): boolean =>
    points >= FEWEST_SAMPLES && samples === 0;
  return !(
    isHopeless(source?.green.length ?? 0, result.samples.experiment) ||
    isHopeless(source?.blue.length ?? 0, result.samples.control)
  );
}

/** Failed first, then missing, then passed. */
function weightOf({ result: { classification } }: Judged): number {
  if (classification === 'Pass') return 2;
  return classification === 'Nodata' ? 1 : 0;
}

function metricOf({ comparison: { metric, from }, result }: Judged): StepMetric {
  const { classification, pValue, shift, effect, samples } = result;
  return {
    metric,
    from,
    classification,
    pValue: pValue === null ? null : rounded(pValue),
    shift:
      shift === null
        ? null
        : { estimate: rounded(shift.estimate), low: rounded(shift.low), high: rounded(shift.high) },
    effect: effect === null || !Number.isFinite(effect) ? null : rounded(effect),
    samples: { blue: samples.control, green: samples.experiment },
  };
}

/** Six digits say all there is to say. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** The first items that together take at most `bytes` of JSON. */
function fitting<Item>(items: readonly Item[], bytes: number): readonly Item[] {
  let used = 0;
  const tooFar = items.findIndex((item) => {
    used += jsonBytes(item) + 1;
    return used > bytes;
  });
  return tooFar === -1 ? items : items.slice(0, tooFar);
}

import { periodsToRead } from '#domain/guard/guardrail-rules.ts';
import type { GuardReading } from '#domain/guard/guard-reading.ts';
import { judgeGuardrails } from '#domain/guard/guardrails.ts';
import { judgeStep, type StepJudgement } from '#domain/judge/judge-step.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import type { World } from './world.ts';

/**
 * One shift as the engine does it: at each weight the guard looks at every closed period, over the window it always looks over, and
 * at the end of the step the judge compares. Both are the product's own; only the figures come from a made-up world.
 */
export interface ShiftOptions {
  readonly analysis: MigrationPlan['spec']['analysis'];
  /** Green's shares, percent. */
  readonly steps: readonly number[];
  /** Closed periods per step that the judge gets. */
  readonly periodsPerStep: number;
}

export interface ShiftOutcome {
  /** Null: it arrived at 100 % and passed there. */
  readonly stoppedBy: 'guard' | 'judge' | null;
  /** Green's share when it was stopped, percent. */
  readonly stoppedAtPercent: number | null;
  readonly reasons: readonly string[];
  /** How often people had to be asked: too little data for the judge, a marginal score, or a guard that holds. */
  readonly asked: number;
  /** Coefficients of variation of the p99, a side and step each, before anything was stopped. */
  readonly variations: readonly number[];
}

/** Periods after a weight change that are guarded and not judged: weights take seconds to reach every node. */
const SETTLING_PERIODS = 6;

export function runShift(world: World, options: ShiftOptions): ShiftOutcome {
  const { analysis, steps, periodsPerStep } = options;
  const history: { blue: ColourPoint[]; green: ColourPoint[] } = { blue: [], green: [] };
  const variations: number[] = [];
  let recordedBlue: readonly ColourPoint[] = [];
  let asked = 0;
  for (const percent of steps) {
    for (let period = 0; period < SETTLING_PERIODS + periodsPerStep; period += 1) {
      const { blue, green } = world.next(percent);
      if (blue.requests > 0) history.blue.push(blue);
      if (green.requests > 0) history.green.push(green);
      const verdict = look(options, history, percent);
      if (verdict.kind === 'hold') asked += 1;
      else if (verdict.kind !== 'healthy')
        return {
          stoppedBy: 'guard',
          stoppedAtPercent: percent,
          reasons: verdict.reasons,
          asked,
          variations,
        };
    }
    const green = history.green.slice(-periodsPerStep);
    const blue = percent < 100 ? history.blue.slice(-periodsPerStep) : recordedBlue;
    // DESIGN, section 1: recorded at the last step where blue had at least 25 %.
    if (100 - percent >= 25) recordedBlue = blue;
    variations.push(variation(green), ...(percent < 100 ? [variation(blue)] : []));
    const judgement = judge(analysis, { blue, green }, percent);
    if (judgement.verdict === 'fail')
      return {
        stoppedBy: 'judge',
        stoppedAtPercent: percent,
        reasons: judgement.reasons,
        asked,
        variations,
      };
    if (judgement.verdict !== 'pass') asked += 1;
  }
  return { stoppedBy: null, stoppedAtPercent: null, reasons: [], asked, variations };
}

/** Everything is read from the plan's truth; target health is fine, which no figure of the world says otherwise. */
function look(
  { analysis }: ShiftOptions,
  history: { readonly blue: readonly ColourPoint[]; readonly green: readonly ColourPoint[] },
  greenPercent: number,
): ReturnType<typeof judgeGuardrails> {
  const periodSeconds = analysis.sources[analysis.truth]?.periodSeconds ?? 1;
  const newest = history.green.at(-1)?.startSeconds ?? 0;
  const periods = periodsToRead(analysis.guardrails, analysis.truth, periodSeconds);
  const window = {
    periodSeconds,
    closedUntilSeconds: newest + periodSeconds,
    blue: history.blue.slice(-periods),
    green: history.green.slice(-periods),
  };
  const reading: GuardReading = {
    greenPercent,
    greenSinceSeconds: history.green[0]?.startSeconds ?? null,
    sources: { [analysis.truth]: window },
    greenHealthyTargets: Number.MAX_SAFE_INTEGER,
  };
  return judgeGuardrails(analysis.guardrails, reading, {
    truthSource: analysis.truth,
    missingDataSeconds: analysis.missingDataSeconds,
  });
}

function judge(
  analysis: MigrationPlan['spec']['analysis'],
  points: { readonly blue: readonly ColourPoint[]; readonly green: readonly ColourPoint[] },
  percent: number,
): StepJudgement {
  return judgeStep(analysis.compare, {
    control: percent < 100 ? 'live' : 'recorded',
    sources: { [analysis.truth]: points },
  });
}

/** Standard deviation by mean. */
function variation(points: readonly ColourPoint[]): number {
  const values = points.flatMap(({ p99Ms }) => p99Ms ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1)) / mean;
}

import { patched } from '@temporalio/workflow';
import { assertNever } from '#domain/assert-never.ts';
import type { StepJudgement } from '#domain/judge/judge-step.ts';
import { judgedComparisons, recordedBlue } from '#domain/guard/judged-stretch.ts';
import { withDecision } from '#domain/migration/message-reducer.ts';
import type { StepVerdict } from '#domain/migration/migration-state.ts';
import { recordOf, withStep, type TrafficStep } from '#domain/traffic/traffic-plan.ts';
import { sleepGuarded } from './guarded-time.ts';
import { quick } from './proxies.ts';
import type { Run } from './run.ts';
import { inForce } from './steps-in-force.ts';
import { halt } from './halt.ts';

/**
 * The judge's word at the end of a step and of the soak. A fail rolls back. Too little data extends the bake as long as the
 * plan lets it, then people say whether to go on; what the plan's periods could never compare was guarded, not judged.
 */
export async function judgeStep(run: Run, step: TrafficStep): Promise<void> {
  const startedMs = Date.now();
  const { percent, routeIds } = step;
  while (recordOf(run.state, step)?.judged === undefined) {
    await run.checkpoint();
    const { bakeSeconds, bakeAtMostSeconds } = inForce(run, step);
    const verdict = await ask(run, {
      what: `green at ${percent} %`,
      routeIds,
      percent,
      seconds: bakeSeconds,
      since: recordOf(run.state, step)?.heldSince ?? run.now(),
    });
    if (verdict !== 'more-time') {
      run.record((state) => withStep(state, step, run.now(), { judged: verdict }));
      return;
    }
    const leftSeconds = bakeAtMostSeconds - (Date.now() - startedMs) / 1000;
    if (leftSeconds > 0) {
      const more = Math.min(leftSeconds, bakeSeconds);
      await sleepGuarded(run, more, `Bake on at ${percent} %: too little to judge`);
      continue;
    }
    // Recorded before people are asked: `resume` is their word that the step is good without the judge.
    const judged = { verdict: 'people', score: null, reason: 'too little data to judge' } as const;
    run.record((state) => withStep(state, step, run.now(), { judged }));
    halt(
      run,
      `the judge has too little data at ${percent} % after the plan's bakeAtMost; resume accepts the step as guarded`,
    );
    await run.checkpoint();
  }
}

/** Green over the whole soak, with blue as it was when it last had users. */
export async function judgeSoak(run: Run): Promise<void> {
  await ask(run, {
    what: 'green over the soak',
    routeIds: run.resolved.routes.map(({ id }) => id),
    percent: 100,
    seconds: run.spec.soak.forSeconds,
    since: run.state.phases.soak?.startedAt ?? run.now(),
  });
}

interface Question {
  readonly what: string;
  readonly routeIds: readonly string[];
  readonly percent: number;
  /** What the plan gives the judge to look at. */
  readonly seconds: number;
  readonly since: string;
}

async function ask(run: Run, question: Question): Promise<StepVerdict | 'more-time'> {
  const { what, routeIds, percent, seconds, since } = question;
  const guarded = (reason: string): StepVerdict => ({ verdict: 'guarded', score: null, reason });
  const { analysis } = run.spec;
  if (analysis.compare.length === 0) return guarded('the plan compares nothing');
  const compare = judgedComparisons(analysis, seconds);
  if (compare.length === 0)
    return guarded("the bake holds too few of the sources' periods to compare");
  if (!patched('judge')) return guarded('begun by a version without a judge');
  const recorded = percent >= 100 ? recordedBlue(run.state) : null;
  if (percent >= 100 && recorded === null)
    return guarded('blue never had enough users beside green to compare with');
  const judgement = await quick(`Judge ${what}`).judgeStep({
    ...run.activityInput,
    spec: { ...run.spec, analysis: { ...analysis, compare } },
    resolved: run.resolved,
    routeIds,
    since,
    recorded,
  });
  return follow(run, what, judgement);
}

function follow(run: Run, what: string, judgement: StepJudgement): StepVerdict | 'more-time' {
  const { verdict, score, control, moreTimeHelps } = judgement;
  const against = control === 'recorded' ? ", against blue's recorded points" : '';
  const reason = `${what}${against}: ${judgement.reasons.join('; ')}`;
  switch (verdict) {
    case 'pass':
    case 'marginal':
      return { verdict, score, reason: verdict === 'pass' ? '' : reason };
    case 'nodata':
      return moreTimeHelps ? 'more-time' : { verdict: 'guarded', score, reason };
    case 'fail': {
      const at = run.now();
      run.record((state) =>
        withDecision(state, { verb: 'judge', by: 'judge', at, id: `judge-${at}`, reason }),
      );
      run.stop({ kind: 'rollback', by: 'judge', reason, at, force: false });
      run.throwIfStopped();
      throw new Error('a stop by the judge was not recorded');
    }
    default:
      return assertNever(verdict);
  }
}

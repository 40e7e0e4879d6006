import { done, intend, isDone } from '#domain/migration/effects.ts';
import {
  recordOf,
  stepsBegun,
  weightOf,
  withStep,
  type TrafficStep,
} from '#domain/traffic/traffic-plan.ts';
import { withWeights } from '#domain/traffic/weight-records.ts';
import { holdBlueFloor } from '../blue-floor.ts';
import { sleepGuarded } from '../guarded-time.ts';
import { judgeStep } from '../judge.ts';
import { proveShare } from '../prove-share.ts';
import { working } from '../proxies.ts';
import { rehearse } from '../rehearsal.ts';
import type { PhaseResult, Run } from '../run.ts';
import { inForce, nextOf, stepsOf } from '../steps-in-force.ts';

/** Users move to green, group by group, step by step; resumes at the first step not done. */
export async function shiftTraffic(run: Run): Promise<PhaseResult> {
  await holdBlueFloor(run);
  await rehearse(run);
  for (let step = nextOf(run); step !== null; step = nextOf(run)) {
    const current = step;
    if (!isProven(run, current)) {
      await proveWeights(run);
      continue;
    }
    if (current.handOver) await handOver(run);
    await bake(run, current);
    await judgeStep(run, current);
    run.record((state) => withStep(state, current, run.now(), { doneAt: run.now() }));
    await run.checkpoint();
  }
  return { status: 'done', facts: { steps: stepsOf(run).length } };
}

/** No longer, where an amendment has put another step in its place. */
function isNext(run: Run, { group, percent }: TrafficStep): boolean {
  const now = nextOf(run);
  return now?.group === group && now.percent === percent;
}

function isProven(run: Run, step: TrafficStep): boolean {
  return (recordOf(run.state, step)?.observedPercent ?? null) !== null;
}

/** One attempt; where it comes to nothing the run is halted, or another step is next. */
async function proveWeights(run: Run): Promise<void> {
  await run.checkpoint();
  const step = nextOf(run);
  if (step === null || isProven(run, step)) return;
  const { routeIds, weightPercent } = step;
  const proof = await proveShare(run, {
    where: step.group,
    routeIds,
    percent: weightPercent,
    fromPercent: weightBefore(run, step),
    withinSeconds: step.bakeAtMostSeconds,
    isStillMeant: () => isNext(run, step),
    onIntended: (state) => withStep(state, step, run.now(), {}),
    onReadBack: (state, heldSince) => withStep(state, step, run.now(), { heldSince }),
  });
  if (proof === null) return;
  run.record((state) =>
    withStep(
      withWeights(state, routeIds, () => ({ observed: proof.observedPercent })),
      step,
      run.now(),
      proof,
    ),
  );
}

/** Green's share in the group's step before this one. */
function weightBefore(run: Run, { group, percent }: TrafficStep): number {
  const before = stepsBegun(run.state, group).filter((begun) => begun < percent);
  return weightOf(Math.max(0, ...before), run.spec.soak.keepBluePercent);
}

/** Singletons move with the traffic they belong to: held on blue first, then released on green (I7). */
async function handOver(run: Run): Promise<void> {
  if (isDone(run.state, 'singletons')) return;
  run.record((state) => intend(state, 'singletons', run.now()));
  await working('Hand singletons over to green').handOverSingletons(run.greenInput);
  run.record((state) => done(state, 'singletons', run.now()));
}

/** Guarded time at this weight, as long as the plan in force says; the clock stops while paused or halted. */
async function bake(run: Run, step: TrafficStep): Promise<void> {
  for (;;) {
    await run.checkpoint();
    const baked = recordOf(run.state, step)?.bakedSeconds ?? 0;
    const left = inForce(run, step).bakeSeconds - baked;
    if (left <= 0) return;
    const slept = await sleepGuarded(run, left, `Bake at ${step.percent} %`);
    run.record((state) => withStep(state, step, run.now(), { bakedSeconds: baked + slept }));
  }
}

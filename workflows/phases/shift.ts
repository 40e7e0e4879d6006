import { done, intend } from '#domain/effects.ts';
import { recordOf, stepsBegun, withStep, type TrafficStep } from '#domain/traffic-plan.ts';
import { withIntendedWeights, withWeights } from '#domain/weight-records.ts';
import { holdBlueFloor } from '../blue-floor.ts';
import { sleepGuarded } from '../guarded-time.ts';
import { halt } from '../halt.ts';
import { judgeStep } from '../judge.ts';
import { isGreenAble } from '../is-green-able.ts';
import { peopleSayYes } from '../people-say.ts';
import { traffic, watching, working } from '../proxies.ts';
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

/** Able, set, read back, seen (I2, I3): one attempt. Whatever does not fit halts the run instead of guessing. */
async function proveWeights(run: Run): Promise<void> {
  await run.checkpoint();
  const step = nextOf(run);
  if (step === null || isProven(run, step)) return;
  const { routeIds, percent } = step;
  const input = { ...run.activityInput, resolved: run.resolved, routeIds, percent };
  if (!(await isGreenAble(run, routeIds, percent)) || !isNext(run, step)) return;
  run.record((state) =>
    withIntendedWeights(withStep(state, step, run.now(), {}), routeIds, percent, run.now()),
  );
  const { readBack, readBackAt } = await traffic(
    `Green to ${percent} % on ${step.group}`,
  ).setWeights(input);
  run.record((state) =>
    withStep(
      withWeights(state, routeIds, (id) => ({ readBack: readBack[id] ?? null })),
      step,
      run.now(),
      { heldSince: readBackAt },
    ),
  );
  const look = await watching(`Do users' requests show ${percent} %?`).verifyShare({
    ...input,
    since: readBackAt,
    withinSeconds: step.bakeAtMostSeconds,
    fromPercent: percentBefore(run, step),
  });
  if (look.verdict === 'ask-people') {
    if (!(await peopleSayYes(run, look.question ?? 'do users follow the weights?'))) return;
  } else if (look.verdict !== 'fits') {
    halt(
      run,
      look.verdict === 'mismatch'
        ? `users' requests show ${look.observedPercent.toFixed(2)} % on green where ${percent} % was set (${look.requests} requests)`
        : `only ${look.requests} of ${look.needed} requests came to tell whether ${percent} % is true`,
    );
    return;
  }
  run.record((state) =>
    withStep(
      withWeights(state, routeIds, () => ({ observed: look.observedPercent })),
      step,
      run.now(),
      {
        observedPercent: look.observedPercent,
        requests: look.verdict === 'ask-people' ? null : look.requests,
      },
    ),
  );
}

/** Green's share in the group's step before this one. */
function percentBefore(run: Run, { group, percent }: TrafficStep): number {
  return Math.max(0, ...stepsBegun(run.state, group).filter((begun) => begun < percent));
}

/** Singletons move with the traffic they belong to: held on blue first, then released on green (I7). */
async function handOver(run: Run): Promise<void> {
  if (
    run.state.effects.singletons?.doneAt !== undefined &&
    run.state.effects.singletons.doneAt !== null
  )
    return;
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

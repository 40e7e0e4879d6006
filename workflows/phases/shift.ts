import { done, intend } from '#domain/effects.ts';
import { nextStep, trafficPlan, withStep, type TrafficStep } from '#domain/traffic-plan.ts';
import { sleepGuarded } from '../guarded-time.ts';
import { isGreenAble } from '../is-green-able.ts';
import { traffic, watching, working } from '../proxies.ts';
import { rehearse } from '../rehearsal.ts';
import type { PhaseResult, Run } from '../run.ts';
import { halt, withIntendedWeights, withWeights } from '../weight-records.ts';

/** Users move to green, group by group, step by step; resumes at the first step not done. */
export async function shiftTraffic(run: Run): Promise<PhaseResult> {
  await rehearse(run);
  const steps = trafficPlan(run.spec.traffic, run.spec.singletons.handOverAtPercent);
  for (let step = nextStep(steps, run.state); step !== null; step = nextStep(steps, run.state)) {
    const current = step;
    await proveWeights(run, current);
    if (current.handOver) await handOver(run);
    await bake(run, current);
    run.record((state) => withStep(state, current, run.now(), { doneAt: run.now() }));
    await run.checkpoint();
  }
  return { status: 'done', facts: { steps: steps.length } };
}

/** Able, set, read back, seen (I2, I3). Whatever does not fit halts the run instead of guessing. */
async function proveWeights(run: Run, step: TrafficStep): Promise<void> {
  while (
    run.state.steps[step.index]?.observedPercent === undefined ||
    run.state.steps[step.index]?.observedPercent === null
  ) {
    await run.checkpoint();
    const { routeIds, percent } = step;
    const input = { ...run.activityInput, resolved: run.resolved, routeIds, percent };
    if (!(await isGreenAble(run, routeIds, percent))) continue;
    run.record((state) =>
      withIntendedWeights(withStep(state, step, run.now(), {}), routeIds, percent, run.now()),
    );
    const { readBack, readBackAt } = await traffic(
      `Green to ${percent} % on ${step.group}`,
    ).setWeights(input);
    run.record((state) =>
      withWeights(state, routeIds, (id) => ({ readBack: readBack[id] ?? null })),
    );
    const look = await watching(`Do users' requests show ${percent} %?`).verifyShare({
      ...input,
      since: readBackAt,
      withinSeconds: step.bakeAtMostSeconds,
      fromPercent: percentBefore(run, step),
    });
    if (look.verdict !== 'fits') {
      halt(
        run,
        look.verdict === 'mismatch'
          ? `users' requests show ${look.observedPercent.toFixed(2)} % on green where ${percent} % was set (${look.requests} requests)`
          : `only ${look.requests} of ${look.needed} requests came to tell whether ${percent} % is true`,
      );
      continue;
    }
    run.record((state) =>
      withStep(
        withWeights(state, routeIds, () => ({ observed: look.observedPercent })),
        step,
        run.now(),
        {
          observedPercent: look.observedPercent,
          requests: look.requests,
        },
      ),
    );
  }
}

/** Green's share in the group's step before this one. */
function percentBefore(run: Run, { index, group }: TrafficStep): number {
  const before = run.state.steps[index - 1];
  return before?.group === group ? before.percent : 0;
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

/** Guarded time at this weight; the clock stops while paused or halted. */
async function bake(run: Run, step: TrafficStep): Promise<void> {
  for (;;) {
    await run.checkpoint();
    const baked = run.state.steps[step.index]?.bakedSeconds ?? 0;
    const left = step.bakeSeconds - baked;
    if (left <= 0) return;
    const slept = await sleepGuarded(run, left, `Bake at ${step.percent} %`);
    run.record((state) => withStep(state, step, run.now(), { bakedSeconds: baked + slept }));
  }
}

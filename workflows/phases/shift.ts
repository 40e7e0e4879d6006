import { done, intend } from '#domain/effects.ts';
import type { MigrationState } from '#domain/migration-state.ts';
import { nextStep, trafficPlan, withStep, type TrafficStep } from '#domain/traffic-plan.ts';
import { quick, traffic, watching, working } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';
import { tell } from '../tell.ts';

/** Users move to green, group by group, step by step; resumes at the first step not done. */
export async function shiftTraffic(run: Run): Promise<PhaseResult> {
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
    const ability = await quick(`Is green able to take ${percent} %?`).checkAbility({
      ...input,
      side: 'green',
    });
    if (!ability.able) {
      halt(run, `green is not able to take ${percent} %: ${ability.reasons.join('; ')}`);
      continue;
    }
    run.record((state) => intendWeights(withStep(state, step, run.now(), {}), step, run.now()));
    const { readBack, readBackAt } = await traffic(
      `Green to ${percent} % on ${step.group}`,
    ).setWeights(input);
    run.record((state) =>
      withWeights(state, routeIds, (id) => ({ readBack: readBack[id] ?? null })),
    );
    const look = await watching(`Do users' requests show ${percent} %?`).verifyShare({
      ...input,
      since: readBackAt,
      withinSeconds: Math.max(step.bakeSeconds, MINIMUM_LOOK_SECONDS),
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

/** Even a short bake leaves the truth test this long, because sources are late. */
const MINIMUM_LOOK_SECONDS = 60;

function halt(run: Run, reason: string): void {
  run.halt(reason);
  tell(run, 'halted', reason, `cutover resume ${run.ref.workflowId}`);
}

/** The intention, recorded before the write: from here on a rollback brings these routes back (I9). */
function intendWeights(state: MigrationState, step: TrafficStep, at: string): MigrationState {
  const intended = withWeights(state, step.routeIds, () => ({ intended: step.percent }));
  return { ...intended, greenSince: intended.greenSince ?? at };
}

function withWeights(
  state: MigrationState,
  routeIds: readonly string[],
  change: (id: string) => Partial<MigrationState['weights'][string]>,
): MigrationState {
  const weights = { ...state.weights };
  for (const id of routeIds)
    weights[id] = {
      ...(weights[id] ?? { intended: 0, readBack: null, observed: null }),
      ...change(id),
    };
  return { ...state, weights };
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
    const slept = await run.sleepUnlessHeld(left, `Bake at ${step.percent} %`);
    run.record((state) => withStep(state, step, run.now(), { bakedSeconds: baked + slept }));
  }
}

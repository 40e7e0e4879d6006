import { sleep } from '@temporalio/workflow';
import { done, intend } from '#domain/migration/effects.ts';
import { traffic, waiting, working } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Green on every rule at weight 0 (so that its targets are health-checked), then the plan's namespaces on it. */
export async function bringUpWorkloads(run: Run): Promise<PhaseResult> {
  const { routes } = run.resolved;
  run.record((state) =>
    routes.reduce((next, route) => intend(next, `attachment/${route.id}`, run.now()), state),
  );
  await traffic('Attach green at weight 0').attachGreen({
    ...run.activityInput,
    resolved: run.resolved,
  });
  run.record((state) => ({
    ...routes.reduce((next, route) => done(next, `attachment/${route.id}`, run.now()), state),
    weights: Object.fromEntries(
      routes.map((route) => [route.id, { intended: 0, readBack: 0, observed: null }]),
    ),
  }));
  run.record((state) => intend(state, 'workloads', run.now()));
  const copied = await working('Copy namespaces to green').copyWorkloads(run.greenInput);
  const ready = await waiting('Wait until workloads are available').awaitWorkloads(run.greenInput);
  run.record((state) => done(state, 'workloads', run.now()));
  await outwaitSlowStart(ready.slowStartSeconds ?? 0);
  return { status: 'done', facts: { ...copied, ...ready } };
}

/** A target in slow start gets less than its share, so that no weight above 0 would be what it says. */
async function outwaitSlowStart(seconds: number): Promise<void> {
  if (seconds > 0) await sleep(seconds * 1000, { summary: "Slow start of green's targets" });
}

import { patched } from '@temporalio/workflow';
import { done, intend, isDone, isStanding, undone } from '#domain/migration/effects.ts';
import { forGood, working } from './proxies.ts';
import type { Run } from './run.ts';

/** Blue keeps its size while users leave it, so that they can come back (I3). Its undo is in the rollback plan. */
export async function holdBlueFloor(run: Run): Promise<void> {
  if (!patched('blue-floor') || isDone(run.state, 'blue-floor')) return;
  run.record((state) => intend(state, 'blue-floor', run.now()));
  const blueFloor = await working("Hold blue's capacity").holdBlueFloor({
    ...run.activityInput,
    resolved: run.resolved,
  });
  run.record((state) => ({ ...done(state, 'blue-floor', run.now()), blueFloor }));
}

/** After commit: blue carries nobody any more, and nothing of ours keeps its nodes. */
export async function letBlueShrink(run: Run): Promise<void> {
  if (!isStanding(run.state, 'blue-floor')) return;
  await forGood('Let blue shrink').restoreBlueFloor({
    ...run.activityInput,
    resolved: run.resolved,
  });
  run.record((state) => undone(state, 'blue-floor', run.now()));
}

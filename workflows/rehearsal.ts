import { patched } from '@temporalio/workflow';
import { REHEARSED_PERCENT } from '#domain/traffic/foreign-edits.ts';
import { brokenPromise } from '#domain/traffic/rehearsal.ts';
import { withIntendedWeights, withUsersOnBlue } from '#domain/traffic/weight-records.ts';
import { withOpenConnections } from './open-connections.ts';
import { rehearsing } from './proxies.ts';
import type { Run } from './run.ts';
import { isGreenAble } from './is-green-able.ts';
import { halt } from './halt.ts';
import { holdOnEdit } from './hold-on-edit.ts';

/**
 * The way back, tried with 1 % of users before more are asked to go (I1). A promise that it did not keep halts the run:
 * people amend the plan or go back; `resume` tries again.
 */
export async function rehearse(run: Run): Promise<void> {
  if (!patched('rehearsal')) return;
  while (run.state.rehearsal === undefined || brokenPromise(run.state.rehearsal, promiseOf(run))) {
    await run.checkpoint();
    const routeIds = run.resolved.routes.map(({ id }) => id);
    if (!(await isGreenAble(run, routeIds, REHEARSED_PERCENT))) continue;
    run.record((state) =>
      withOpenConnections(
        withIntendedWeights(state, routeIds, REHEARSED_PERCENT, run.now()),
        run.now(),
      ),
    );
    const rehearsal = await rehearsing('Rehearse the rollback: 0 → 1 → 0 %').rehearseRollback({
      ...run.activityInput,
      resolved: run.resolved,
    });
    if ('edit' in rehearsal) {
      holdOnEdit(run, rehearsal.edit, run.now());
      continue;
    }
    run.record((state) => ({
      ...withUsersOnBlue(state, routeIds, { readBack: {}, observedPercent: null }),
      rehearsal,
    }));
    const broken = brokenPromise(rehearsal, promiseOf(run));
    if (broken !== null) halt(run, broken);
  }
}

function promiseOf(run: Run): Run['spec']['traffic']['promise'] {
  return run.spec.traffic.promise;
}

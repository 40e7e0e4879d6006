import {
  CancellationScope,
  condition,
  ContinueAsNew,
  DeterminismViolationError,
} from '@temporalio/workflow';
import { describeHandOver, handOverOf } from '#domain/traffic/hand-over.ts';
import { describeLeftTrust } from '#domain/migration/role-trust-record.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';
import { outcomeOf } from './outcome.ts';
import { waitAtGate } from './gates.ts';
import { guarded } from './guard.ts';
import { setHandlers } from './handlers.ts';
import type { MigrationInput, MigrationOutcome } from './input.ts';
import { installAddons } from './phases/addons.ts';
import { proveBlueIdle } from './phases/drain.ts';
import { moveFrontDoor } from './phases/front-door.ts';
import { notConfigured } from './phases/not-configured.ts';
import { preflight } from './phases/preflight.ts';
import { provisionGreen } from './phases/provision.ts';
import { retireBlue } from './phases/retire.ts';
import { shiftTraffic } from './phases/shift.ts';
import { smokeTest } from './phases/smoke.ts';
import { soak } from './phases/soak.ts';
import { bringUpWorkloads } from './phases/workloads.ts';
import { repairForward } from './repair-forward.ts';
import { rollBack } from './roll-back.ts';
import { Run } from './run.ts';
import { tell } from './tell.ts';
import { writeWeightsAgain } from './weights-again.ts';

/** The story of DESIGN section 2, on one screen. Everything else in this folder is its machinery. */
export async function migrateCluster(input: MigrationInput): Promise<MigrationOutcome> {
  const run = new Run(input);
  setHandlers(run);
  run.writeWeightsAgain = () => writeWeightsAgain(run);
  try {
    if (run.state.committed === null)
      await run.untilStopped(async () => {
        await run.phase('preflight', preflight);
        await run.phase('provision', provisionGreen);
        await run.phase('addons', installAddons);
        await run.phase('policies', notConfigured('policies are not carried over by this version'));
        await run.phase(
          'secrets',
          notConfigured('secret stores are not synchronised by this version'),
        );
        await run.phase('workloads', bringUpWorkloads);
        await run.phase('smoke', smokeTest);
        await waitAtGate(run, 'shift');
        await guarded(
          run,
          async () => {
            await run.phase('shift', shiftTraffic);
            await run.phase('soak', soak);
            await run.phase('front-door', moveFrontDoor);
            await waitAtGate(run, 'retire');
            await run.phase('drain', proveBlueIdle);
          },
          async () => proveBlueIdle(run),
        );
        await run.checkpoint(); // a pause or a halt that came last holds the point of no return
        run.commit();
      });
  } catch (cause) {
    // Not failures of the story: the run goes on elsewhere, or waits for a worker that can replay it.
    if (cause instanceof ContinueAsNew || cause instanceof DeterminismViolationError) throw cause;
    return end(run, await rollBack(run, cause));
  }
  await repairForward(run, 'retire', retireBlue);
  const handOver = describeHandOver(handOverOf(run.state), run.ref.workflowId);
  tell(
    run,
    'completed',
    ['green serves everything, blue is gone', handOver, describeLeftTrust(run.state.trust)]
      .filter(Boolean)
      .join('. '),
  );
  return end(run, 'completed');
}

/** The last word is out before the run ends. */
async function end(run: Run, outcome: OutcomeName): Promise<MigrationOutcome> {
  run.record((state) => ({ ...state, outcome }));
  await CancellationScope.nonCancellable(() => condition(() => run.noticesUnderWay === 0));
  return outcomeOf(run.state, outcome);
}

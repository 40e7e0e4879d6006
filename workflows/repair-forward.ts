import { CancellationScope } from '@temporalio/workflow';
import type { PhaseName } from '#domain/migration/phases.ts';
import type { PhaseResult, Run } from './run.ts';
import { tellIfLate } from './tell-if-late.ts';

/** How long after commit a phase may last before people are told that it does not get on. */
const TELL_AFTER_SECONDS = 15 * 60;

/** After commit there is no way back: the phase cannot be cancelled and is retried for ever, and people hear of it when it drags on. */
export async function repairForward(
  run: Run,
  name: PhaseName,
  work: (run: Run) => Promise<PhaseResult>,
): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    tellIfLate(
      run,
      {
        event: 'retire-failing',
        afterSeconds: TELL_AFTER_SECONDS,
        text: `${name} is not done after ${TELL_AFTER_SECONDS / 60} minutes; it goes on trying`,
      },
      () => run.phase(name, work),
    ),
  );
}

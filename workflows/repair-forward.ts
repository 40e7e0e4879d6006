import { CancellationScope, condition } from '@temporalio/workflow';
import type { PhaseName } from '#domain/phases.ts';
import type { PhaseResult, Run } from './run.ts';
import { tell } from './tell.ts';

/** How long after commit a phase may last before people are told that it does not get on. */
const TELL_AFTER = '15 minutes';

/** After commit there is no way back: the phase cannot be cancelled and is retried for ever, and people hear of it when it drags on. */
export async function repairForward(
  run: Run,
  name: PhaseName,
  work: (run: Run) => Promise<PhaseResult>,
): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const alarm = new CancellationScope();
    const late = alarm.run(async () => {
      await condition(() => false, TELL_AFTER, { summary: `Tell people if ${name} drags on` });
      tell(run, 'retire-failing', `${name} is not done after ${TELL_AFTER}; it goes on trying`);
    });
    const quiet = late.catch(() => undefined);
    await run.phase(name, work);
    alarm.cancel();
    await quiet;
  });
}

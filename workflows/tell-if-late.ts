import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Notice } from '#activities/contract.ts';
import type { Run } from './run.ts';
import { tell } from './tell.ts';

/** Who hears what when work that is tried for ever takes longer than people would expect. */
interface Lateness {
  readonly event: Notice['event'];
  readonly afterSeconds: number;
  readonly text: string;
}

/** Runs the work; once, after its time, people are told that it is still being tried. The work itself goes on. */
export async function tellIfLate<Result>(
  run: Run,
  { event, afterSeconds, text }: Lateness,
  work: () => Promise<Result>,
): Promise<Result> {
  const alarm = new CancellationScope();
  void alarm
    .run(() => sleep(afterSeconds * 1000, { summary: `Tell people if this is late: ${event}` }))
    .then(
      () => tell(run, event, text),
      () => undefined,
    );
  try {
    return await work();
  } finally {
    alarm.cancel();
  }
}

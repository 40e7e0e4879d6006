import { CancellationScope, log } from '@temporalio/workflow';
import type { Notice } from '#activities/contract.ts';
import { telling } from './proxies.ts';
import type { Run } from './run.ts';

/**
 * Tells people, and never holds up the story for it: not even a rollback waits for a webhook. Non-cancellable,
 * because a stop is exactly what people must hear of. The run counts notices under way and does not end before
 * the last one is out.
 */
export function tell(run: Run, event: Notice['event'], text: string, command = ''): void {
  run.noticesUnderWay += 1;
  void CancellationScope.nonCancellable(async () => {
    try {
      await telling(`Tell people: ${event}`).tellPeople({
        ...run.activityInput,
        plan: run.state.planName,
        notice: { event, text, command },
      });
    } catch (cause) {
      log.error('people could not be told', { event, cause });
    } finally {
      run.noticesUnderWay -= 1;
    }
  });
}

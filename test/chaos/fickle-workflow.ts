import { condition, sleep, workflowInfo } from '@temporalio/workflow';

/** Wants something else when it is told again; for `follow-history.test.ts`. */
export async function fickle(): Promise<void> {
  if (workflowInfo().unsafe.isReplaying) await condition(() => false);
  await sleep(1);
  await sleep('1 day');
}

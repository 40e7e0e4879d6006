import { condition } from '@temporalio/workflow';
import type { Run } from './run.ts';
import { halt } from './halt.ts';

/**
 * Halts with a question that only people can answer. True when they resumed: that is their yes. False when another halt took
 * the question's place meanwhile, so that what ended it was no answer; a no is a rollback, which ends the story.
 */
export async function peopleSayYes(run: Run, question: string): Promise<boolean> {
  halt(run, question);
  const asked = run.state.halted;
  do {
    await condition(() => run.state.halted !== asked || run.isToMoveOn);
    if (run.state.halted === asked) await run.checkpointNow();
  } while (run.state.halted === asked);
  return run.state.halted === null;
}

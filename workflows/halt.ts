import type { Run } from './run.ts';
import { tell } from './tell.ts';

/** Weights stay where they are, people are told why, and decide. */
export function halt(run: Run, reason: string): void {
  run.halt(reason);
  tell(run, 'halted', reason, `cutover resume ${run.ref.workflowId}`);
}

import { condition, patched } from '@temporalio/workflow';
import type { Run } from './run.ts';

/**
 * Time that counts as bake or soak: only while a guard saw something fresh (I4). A timer that fired long ago, because no
 * worker was there to hear it, is the sign that nobody watched either; the guard, once it is back, says for how long.
 */

/** A worker that is there hears its timers within this time, also on a bad day. */
const PUNCTUAL_SECONDS = 5;
/** Heartbeat timeout of a sharp guard, the retry, and its first look. */
const GUARD_IS_BACK = '20s';

/** Sleeps at most `seconds`, less when a pause or a halt begins. Returns the seconds that count. */
export async function sleepGuarded(run: Run, seconds: number, summary: string): Promise<number> {
  const before = run.state.unwatchedSeconds ?? 0;
  const unwatched = (): number => (run.state.unwatchedSeconds ?? 0) - before;
  const slept = await run.sleepUnlessHeld(seconds, summary);
  if (slept > seconds + PUNCTUAL_SECONDS && patched('guarded-time'))
    await condition(() => unwatched() > 0, GUARD_IS_BACK, { summary: 'Did anybody watch?' });
  return Math.max(0, slept - unwatched());
}

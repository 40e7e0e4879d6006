import { condition, patched } from '@temporalio/workflow';
import type { Run } from './run.ts';

/**
 * Time that counts as bake or soak: only while a guard saw something fresh (I4). A timer that fired long ago, because no
 * worker was there to hear it, is the sign that nobody watched either; the guard, once it is back, says for how long.
 */

/** A worker that is there hears its timers within this time, also on a bad day. */
const PUNCTUAL_SECONDS = 5;
/** Heartbeat timeout of a sharp guard, the retry, and its first look. */
const GUARD_IS_BACK_SECONDS = 20;

/** Sleeps at most `seconds`, less when a pause or a halt begins. Returns the seconds that count. */
export async function sleepGuarded(run: Run, seconds: number, summary: string): Promise<number> {
  const before = run.state.unwatchedSeconds ?? 0;
  const unwatched = (): number => (run.state.unwatchedSeconds ?? 0) - before;
  const slept = await run.sleepUnlessHeld(seconds, summary);
  if (slept > seconds + PUNCTUAL_SECONDS && patched('guarded-time'))
    await guardsWord(() => unwatched() > 0);
  return Math.max(0, slept - unwatched());
}

/** Waits until the guard has said for how long nobody watched; a wait that was over while no worker was there was none. */
async function guardsWord(isSaid: () => boolean): Promise<void> {
  for (;;) {
    const sinceMs = Date.now();
    const timeout = { summary: 'Did anybody watch?' };
    if (await condition(isSaid, `${GUARD_IS_BACK_SECONDS}s`, timeout)) return;
    const waitedSeconds = (Date.now() - sinceMs) / 1000;
    const isHeard = waitedSeconds <= GUARD_IS_BACK_SECONDS + PUNCTUAL_SECONDS;
    if (isHeard || !patched('guarded-time-again')) return;
  }
}

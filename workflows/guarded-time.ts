import { condition, patched } from '@temporalio/workflow';
import {
  withAwaited,
  withCounted,
  withHeard,
  withPaid,
  type GuardPresence,
} from '#domain/guard/unheard-time.ts';
import type { Run } from './run.ts';

/**
 * Time that counts as bake or soak: only while a guard saw something fresh (I4). A guard that was away says for how long when it is
 * back, and the timer of a bake may be heard before that word. So whoever sends more users to green, or ends a soak, asks first
 * whether the guard is at its work (`isSettled`).
 */

/** A worker that is there hears its timers within this time, also on a bad day. */
const PUNCTUAL_SECONDS = 5;
/** Heartbeat timeout of a sharp guard, the retry, and its first look. */
const GUARD_IS_BACK_SECONDS = 20;
/**
 * How long its word is waited for before it is looked for again: one that has just begun is heard of within a second or two, one
 * whose worker died later.
 */
const LOOKED_FOR_AFTER_SECONDS = [1, 2, 4, 8] as const;
/** Less than a guard could tell from its own pace. */
const LEAST_OWED_SECONDS = 1;

/** Sleeps at most `seconds`, less when a pause or a halt begins. Returns the seconds that count, as far as the guard has told by now. */
export async function sleepGuarded(run: Run, seconds: number, summary: string): Promise<number> {
  const before = run.state.unwatchedSeconds ?? 0;
  const unwatched = (): number => (run.state.unwatchedSeconds ?? 0) - before;
  const slept = await run.sleepUnlessHeld(seconds, summary);
  const isSettledLater = patched('guard-presence');
  // Before the guard was asked for, a timer that fired long ago was the only sign that nobody had watched.
  if (!isSettledLater && slept > seconds + PUNCTUAL_SECONDS && patched('guarded-time'))
    await guardsWord(() => unwatched() > 0, GUARD_IS_BACK_SECONDS);
  const counted = Math.max(0, slept - unwatched());
  if (isSettledLater) run.record((state) => withCounted(state, counted, Date.now()));
  return counted;
}

/** Is there time that was counted, of which the guard has still to say whether it watched? */
export function isUnheard(run: Run): boolean {
  return run.state.unheard !== undefined;
}

/**
 * Did somebody watch whatever was counted? If not, waits for the word of a guard that is away, or sleeps once more what nobody watched;
 * then the caller asks again. @param guard as it was found just now; undefined where nobody could tell
 */
export async function isSettled(run: Run, guard: GuardPresence | undefined): Promise<boolean> {
  const { unheard } = run.state;
  if (unheard === undefined) return true;
  const { owedSeconds } = unheard;
  if (owedSeconds >= LEAST_OWED_SECONDS) {
    run.record(withAwaited);
    const what = `Once more: nobody watched for ${Math.round(owedSeconds)} s`;
    const paid = await sleepGuarded(run, owedSeconds, what);
    run.record((state) => withPaid(state, paid));
    return false;
  }
  if (guard === 'away') {
    const seconds = LOOKED_FOR_AFTER_SECONDS[unheard.timesAwaited ?? 0] ?? GUARD_IS_BACK_SECONDS;
    run.record(withAwaited);
    const words = run.wordsOfGuard;
    await guardsWord(() => run.wordsOfGuard > words, seconds);
    return false;
  }
  run.record(withHeard);
  return true;
}

/** Waits until the guard has said for how long nobody watched; a wait that was over while no worker was there was none. */
async function guardsWord(isSaid: () => boolean, seconds: number): Promise<void> {
  for (;;) {
    const sinceMs = Date.now();
    const timeout = { summary: 'Did anybody watch?' };
    if (await condition(isSaid, `${seconds}s`, timeout)) return;
    const waitedSeconds = (Date.now() - sinceMs) / 1000;
    const isHeard = waitedSeconds <= seconds + PUNCTUAL_SECONDS;
    if (isHeard || !patched('guarded-time-again')) return;
  }
}

/** Waits for a condition of the outside world with a deadline, so that nothing sleeps for a guessed time. */
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, as it completes the sentence "timed out waiting for …". */
  readonly what: string;
  readonly timeoutMs: number;
  /** @default 50 */
  readonly intervalMs?: number;
  /** Ends the wait early by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The condition did not come true in time; `cause` is what the last attempt threw, if it threw. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
  readonly what: string;
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number, cause: unknown) {
    super(`timed out after ${String(timeoutMs)} ms waiting for ${what}`, { cause });
    this.what = what;
    this.timeoutMs = timeoutMs;
  }
}

/**
 * Calls the probe until it answers something other than `undefined` or `false`, and returns that answer. A probe that
 * throws counts as "not yet".
 * @throws WaitTimeoutError
 */
export async function waitUntil<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions,
): Promise<T> {
  const { what, timeoutMs, intervalMs = 50, signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    let failure: unknown;
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (cause) {
      failure = cause;
    }
    if (performance.now() >= deadline) throw new WaitTimeoutError(what, timeoutMs, failure);
    await delay(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
}

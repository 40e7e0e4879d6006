/** `waitUntil` with the patience that tests of the sandbox share. */
import { waitUntil } from '#sandbox/processes/wait-until.ts';

/** Returns the first answer that is not undefined or false. @throws WaitTimeoutError naming `what` after 10 s. */
export function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 10_000,
): Promise<T> {
  return waitUntil(ask, { what, timeoutMs, intervalMs: 20 });
}

import { setTimeout } from 'node:timers/promises';

/** Waits; an aborted `signal` ends the wait early without an error. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) return setTimeout(ms);
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}

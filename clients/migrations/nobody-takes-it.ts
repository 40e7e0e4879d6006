import { QUEUES } from '#domain/queues.ts';
import { delay } from '../delay.ts';
import { NoWorkerError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { pollersOf } from '../temporal/pollers.ts';

/** How long nobody may take it, milliseconds. */
const TAKEN_WITHIN_MS = 10_000;
/** A long poll lasts a minute: a newer one is somebody alive. */
const POLL_SECONDS = 70;

/** Rejects with `NoWorkerError` when nobody polls the queue of workflows; never resolves. */
export async function nobodyTakesIt(access: TemporalAccess, signal: AbortSignal): Promise<never> {
  await delay(TAKEN_WITHIN_MS, signal);
  const { lastPollSecondsAgo } = signal.aborted
    ? { lastPollSecondsAgo: 0 }
    : await pollersOf(access, QUEUES.main, 'workflow');
  if (lastPollSecondsAgo === null || lastPollSecondsAgo > POLL_SECONDS)
    throw new NoWorkerError(QUEUES.main, lastPollSecondsAgo, TAKEN_WITHIN_MS);
  return new Promise(() => undefined);
}

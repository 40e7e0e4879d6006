import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { knownFailure } from '#activities/adapters/known-failures.ts';

/** A question is sent so often, as AWS's SDK does: Temporal would ask the whole activity anew, up to half a minute later. */
const ATTEMPTS = 3;
/** Before the second attempt, and up to twice as long by chance; four times as long before the third. */
const FIRST_PAUSE_MS = 100;
/** A server that wants to be left alone for longer is left to Temporal, which knows for how long. Priority and Fairness says 1 s. */
const LONGEST_PAUSE_SECONDS = 2;
/** What took as long as this is not asked again here: whoever asks has heartbeats to send, every 30 s at least. */
const WITHIN_MS = 5000;

/** Asks again where an API server refused for the moment, or its answer was lost or cut. Only for what changes nothing. */
export async function askAgain<Answer>(
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  return pRetry(ask, {
    retries: ATTEMPTS - 1,
    minTimeout: FIRST_PAUSE_MS,
    factor: 4,
    randomize: true,
    maxRetryTime: WITHIN_MS,
    signal,
    shouldRetry: async ({ error }) => {
      const { type, retryAfterSeconds = 0 } = knownFailure(error, '');
      const isPassing = type === 'unavailable' || type === 'throttled';
      if (!isPassing || retryAfterSeconds > LONGEST_PAUSE_SECONDS) return false;
      await delay(retryAfterSeconds * 1000, undefined, { signal });
      return true;
    },
  });
}

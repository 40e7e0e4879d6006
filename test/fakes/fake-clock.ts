import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#activities/ports/clock.ts';

/** Real time and real randomness; the fake plan's periods are what makes tests quick. */
export const REAL_CLOCK: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => delay(ms, undefined, { signal }),
  limit: (ms) => AbortSignal.timeout(ms),
  secret: () => randomBytes(16).toString('hex'),
};

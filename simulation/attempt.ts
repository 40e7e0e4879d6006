import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttemptRequest } from './activity-server.ts';
import type { ActivityName } from './observations.ts';

/** One attempt of an activity in a worker's hands. */
export interface Attempt {
  readonly request: AttemptRequest;
  readonly activity: ActivityName;
  /** Calls of ports that it has sent. */
  sent: number;
  /** Its worker is gone: whatever it waits for never comes. */
  isDead: boolean;
  /** Where its worker dies, if a fault says so. */
  readonly dies: { readonly kill: 'before' | 'after' | 'answer'; readonly downMs: number } | null;
  /** How long each of its calls takes; null: as long as calls take. */
  readonly slowMs: number | null;
  /** Weights as the activity's attempts read them, by the name of the place; a write is null. */
  readonly weightsRead: (readonly [string, number | null])[];
}

const attempts = new AsyncLocalStorage<Attempt>();

export async function within<Result>(
  attempt: Attempt,
  run: () => Promise<Result>,
): Promise<Result> {
  return attempts.run(attempt, run);
}

/** The attempt whose code runs now. */
export function thisAttempt(): Attempt {
  const attempt = attempts.getStore();
  if (attempt === undefined) throw new Error('a port was called outside of an activity');
  return attempt;
}

/** What the code of a dead worker waits for. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Calls activities directly, as a script would, and takes the time of each. An activity needs an attempt to be in; it gets
 * one that talks to no server. Like Temporal, what can succeed later is tried again after the pause it asked for.
 */
import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { setTimeout as delay } from 'node:timers/promises';
import type { MigrationActivities } from '#activities/contract.ts';
import { CutoverFailure, FAILURES } from '#domain/failures.ts';
import type { Call } from './calls.ts';

const QUIET = new DefaultLogger('ERROR');
const DEFAULT_PAUSE_SECONDS = 1;

export class CallRecorder {
  readonly #calls: Call[] = [];

  /** Calls that have ended, in the order in which they were asked for as long as callers await each. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Until it succeeds. Throws the first failure that no repetition heals. */
  async call<Result>(
    type: keyof MigrationActivities,
    activity: () => Promise<Result>,
  ): Promise<Result> {
    const scheduledTimestampMs = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      const environment = attemptOf({
        attempt,
        scheduledTimestampMs,
        currentAttemptScheduledTimestampMs: Date.now(),
      });
      const startedMs = performance.now();
      try {
        const result: Result = await environment.run<[], Result, typeof activity>(activity);
        this.#calls.push({ type, ms: performance.now() - startedMs, firstTry: attempt === 1 });
        return result;
      } catch (failure) {
        if (!(failure instanceof CutoverFailure) || !FAILURES[failure.type].retryable)
          throw failure;
        await delay((failure.retryAfterSeconds ?? DEFAULT_PAUSE_SECONDS) * 1000);
      }
    }
  }

  /** Runs a watch beside the calls, not recorded. `stop` ends it; throws when it had something to report. */
  watch(activity: () => Promise<unknown>): { readonly stop: () => Promise<void> } {
    const environment = attemptOf({});
    let stopping = false;
    const ended = environment.run(activity).then(
      (report) => ({ wrong: true, what: report }),
      (failure: unknown) => ({ wrong: !stopping, what: failure }),
    );
    return {
      stop: async () => {
        stopping = true;
        environment.cancel();
        const { wrong, what } = await ended;
        if (wrong) throw new Error('the watch ended by itself', { cause: what });
      },
    };
  }
}

function attemptOf(info: Partial<Info>): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: QUIET });
}

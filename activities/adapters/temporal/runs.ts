import { Context } from '@temporalio/activity';
import pRetry from 'p-retry';
import { CutoverFailure } from '#domain/failures.ts';
import { knownWeightsIn } from '#domain/traffic/known-weights.ts';
import { RUN_NAMES } from '#domain/migration/run-names.ts';
import type { Runs } from '#activities/ports/runs.ts';

/** A run that is there answers at once; one whose worker just died, a second later. A guard's look must not wait longer. */
const ANSWER_WITHIN_MS = 3_000;
/** One to which something just happened refuses to answer once (`workflows/one-clock.ts`). */
const ATTEMPTS = 3;
const PAUSE_MS = 50;

/** Runs on the server that gave this worker its task, asked by query: no history, but a billed Action each time. */
export const runs: Runs = {
  knownWeights: async (workflowId) => {
    const notSaid = (cause?: unknown): CutoverFailure =>
      new CutoverFailure('unavailable', 'the run did not say what weights it expects', {
        resource: workflowId,
        cause,
      });
    let answer: unknown;
    try {
      const { client } = Context.current();
      answer = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () =>
        pRetry(async () => client.workflow.getHandle(workflowId).query(RUN_NAMES.weights), {
          retries: ATTEMPTS - 1,
          minTimeout: PAUSE_MS,
        }),
      );
    } catch (cause) {
      throw notSaid(cause);
    }
    const known = knownWeightsIn(answer);
    if (known === null) throw notSaid();
    return known;
  },
};

import { Context } from '@temporalio/activity';
import pRetry from 'p-retry';
import { CutoverFailure } from '#domain/failures.ts';
import { knownWeightsIn } from '#domain/traffic/known-weights.ts';
import { RUN_NAMES } from '#domain/migration/run-names.ts';
import type { Runs, UnderWay } from '#activities/ports/runs.ts';

/** A run that is there answers at once; one whose worker just died, a second later. A guard's look must not wait longer. */
const ANSWER_WITHIN_MS = 3_000;
/** One to which something just happened refuses to answer once (`workflows/one-clock.ts`). */
const ATTEMPTS = 3;
const PAUSE_MS = 50;
/** `PENDING_ACTIVITY_STATE_STARTED` of Temporal's API; one whose end was asked for has a state of its own. */
const STARTED = 2;

const NO_WEIGHTS = 'the run did not say what weights it expects';

type Client = Context['client'];
type Handle = ReturnType<Client['workflow']['getHandle']>;
type Description = Awaited<ReturnType<Handle['describe']>>;
type Pending = NonNullable<Description['raw']['pendingActivities']>[number];

/**
 * Runs on the server that gave this worker its task: asked by query, which has no history but is a billed Action each time, or
 * described by the server, which is neither.
 */
export const runs: Runs = {
  knownWeights: async (workflowId) => {
    const answer = await answered(NO_WEIGHTS, workflowId, (client) =>
      client.workflow.getHandle(workflowId).query(RUN_NAMES.weights),
    );
    const known = knownWeightsIn(answer);
    if (known !== null) return known;
    throw new CutoverFailure('unavailable', NO_WEIGHTS, { resource: workflowId });
  },

  underWay: async (workflowId) =>
    answered('Temporal did not say what the run is doing', workflowId, async (client) => {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      return Promise.all(
        (raw.pendingActivities ?? []).map(async (pending) => underWay(client, pending)),
      );
    }),
};

async function answered<Value>(
  otherwise: string,
  workflowId: string,
  ask: (client: Client) => Promise<Value>,
): Promise<Value> {
  try {
    const { client } = Context.current();
    return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () =>
      pRetry(async () => ask(client), { retries: ATTEMPTS - 1, minTimeout: PAUSE_MS }),
    );
  } catch (cause) {
    throw new CutoverFailure('unavailable', otherwise, { resource: workflowId, cause });
  }
}

async function underWay({ options }: Client, pending: Pending): Promise<UnderWay> {
  const { payloadCodecs, payloadConverter } = options.loadedDataConverter;
  let payloads = [...(pending.heartbeatDetails?.payloads ?? [])];
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  const [payload] = payloads;
  return {
    activity: pending.activityType?.name ?? '',
    activityId: pending.activityId ?? '',
    attempt: pending.attempt ?? 1,
    isAtWork: Number(pending.state) === STARTED,
    startedMs: pending.lastStartedTime ? epochMs(pending.lastStartedTime) : null,
    heartbeat: payload === undefined ? undefined : payloadConverter.fromPayload<unknown>(payload),
  };
}

function epochMs({ seconds, nanos }: NonNullable<Pending['lastStartedTime']>): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}

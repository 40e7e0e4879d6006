/**
 * Sends one decision to a migration and brings the answer back. Invariants: the same message id is sent on every
 * retry, so a lost answer never applies a decision twice; a refusal is an answer, not an error. A request to come
 * back (`rollback`, `abort`) that no worker answers is left with Temporal as a signal (I1: the request is durable):
 * the next worker applies it, once, whichever way it arrived.
 */
import { createHash } from 'node:crypto';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Answer, Message, Verb } from '#domain/migration/messages.ts';
import { QUEUES } from '#domain/queues.ts';
import * as messages from '#workflows/messages.ts';
import { NoWorkerError } from '../errors.ts';
import { delay } from '../delay.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { GRPC, grpcCodeOf } from '../temporal/grpc-codes.ts';
import { pollersOf } from '../temporal/pollers.ts';
import { isOpen, snapshotOf } from './snapshot.ts';

/** How long a person waits for an answer, milliseconds. */
export const ANSWER_DEADLINE_MS = 10_000;

/** What became of a message. JSON-stable. */
export interface SendResult {
  /** `recorded`: no worker answered; Temporal keeps the request for the next one. */
  readonly kind: 'accepted' | 'refused' | 'recorded';
  readonly message: string;
}

const UPDATES = {
  approve: messages.approveUpdate,
  reject: messages.rejectUpdate,
  pause: messages.pauseUpdate,
  resume: messages.resumeUpdate,
  amend: messages.amendUpdate,
  rollback: messages.rollbackUpdate,
  abort: messages.abortUpdate,
} as const;

/** Server says "not now": no worker yet, a full queue, a run that is just continuing as new. */
const TRY_AGAIN: readonly (number | undefined)[] = [
  GRPC.failedPrecondition,
  GRPC.unavailable,
  GRPC.aborted,
  GRPC.resourceExhausted,
];

const RETRY_MS = 250;

/** Throws `NoWorkerError`, `MigrationNotFoundError`, `TemporalUnreachableError`, `ClientError`. */
export async function sendMessage(
  access: TemporalAccess,
  workflowId: string,
  verb: Verb,
  message: Message,
  options: { readonly deadlineMs?: number } = {},
): Promise<SendResult> {
  const deadlineMs = options.deadlineMs ?? ANSWER_DEADLINE_MS;
  try {
    return await answered(access, workflowId, verb, message, Date.now() + deadlineMs);
  } catch (cause) {
    if (!isSilence(cause)) throw explainFailure(access, `${verb} ${workflowId}`, cause);
    if (verb === 'rollback' || verb === 'abort')
      return leaveAsSignal(access, workflowId, verb, message);
    const { lastPollSecondsAgo } = await pollersOf(access, QUEUES.main, 'workflow');
    throw new NoWorkerError(QUEUES.main, lastPollSecondsAgo, deadlineMs);
  }
}

async function answered(
  access: TemporalAccess,
  workflowId: string,
  verb: Verb,
  message: Message,
  deadline: number,
): Promise<SendResult> {
  const handle = access.client.workflow.getHandle(workflowId);
  const updateId = updateIdOf(verb, message);
  for (;;) {
    try {
      const answer: Answer = await access.connection.withDeadline(deadline, () =>
        handle.executeUpdate(UPDATES[verb], { args: [message], updateId }),
      );
      return { kind: answer.accepted ? 'accepted' : 'refused', message: answer.message };
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal !== null) return { kind: 'refused', message: refusal };
      if (cause instanceof WorkflowNotFoundError) {
        const snapshot = snapshotOf(await handle.describe());
        if (!isOpen(snapshot))
          return {
            kind: 'refused',
            message: `the migration has ended: ${snapshot.outcome ?? snapshot.runStatus}`,
          };
      } else if (!TRY_AGAIN.includes(grpcCodeOf(cause))) throw cause;
      if (Date.now() + RETRY_MS >= deadline) throw cause;
      await delay(RETRY_MS);
    }
  }
}

/**
 * Temporal remembers an answer by this id for as long as the execution lives, and gives it to whoever asks with it.
 * So it names the whole message: a retry gets the answer it missed, but another person's message, gate or verb with
 * the same message id reaches the workflow, which refuses it (I8).
 */
function updateIdOf(verb: Verb, message: Message): string {
  const digest = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16);
  return `${verb}/${message.id}/${digest}`;
}

async function leaveAsSignal(
  access: TemporalAccess,
  workflowId: string,
  verb: 'rollback' | 'abort',
  message: Message,
): Promise<SendResult> {
  try {
    await access.client.workflow.getHandle(workflowId).signal(verb, message);
  } catch (cause) {
    throw explainFailure(access, `${verb} ${workflowId}`, cause);
  }
  return {
    kind: 'recorded',
    message: `no worker answered on queue ${QUEUES.main}; Temporal keeps the ${verb} and the next worker applies it`,
  };
}

function isSilence(cause: unknown): boolean {
  return (
    cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    grpcCodeOf(cause) === GRPC.deadlineExceeded ||
    grpcCodeOf(cause) === GRPC.failedPrecondition
  );
}

function refusalOf(cause: unknown): string | null {
  if (!(cause instanceof WorkflowUpdateFailedError)) return null;
  const failure = cause.cause;
  return failure instanceof ApplicationFailure && failure.type === messages.REFUSED
    ? failure.message
    : null;
}

/**
 * Reads what a migration is doing. The workflow's own view needs a worker; where none polls, what Temporal knows by
 * itself is given instead, and said so. Works on closed runs too, with the same preference.
 */
import type { StatusView } from '#domain/migration/status-view.ts';
import { QUEUES } from '#domain/queues.ts';
import type { MigrationOutcome } from '#workflows/input.ts';
import type { RollbackAction } from '#domain/migration/rollback-plan.ts';
import type { PlanChanges } from '#domain/amendment/plan-changes.ts';
import {
  amendmentQuery,
  planQuery,
  rollbackPlanQuery,
  statusQuery,
  type AmendmentPreview,
  type PlanInForce,
} from '#workflows/messages.ts';
import type { migrateCluster } from '#workflows/migrate-cluster.ts';
import { NoWorkerError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { askAgain } from '../temporal/ask-again.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { GRPC, grpcCodeOf } from '../temporal/grpc-codes.ts';
import { pollersOf } from '../temporal/pollers.ts';
import { ANSWER_DEADLINE_MS } from './send-message.ts';
import { isOpen, sighting, type MigrationSnapshot, type Sighting } from './snapshot.ts';

/** What is known of a migration. */
export type MigrationStatus =
  | { readonly kind: 'view'; readonly view: StatusView }
  | {
      readonly kind: 'snapshot';
      readonly snapshot: MigrationSnapshot;
      /** The workflow's result, once it has completed. */
      readonly result: MigrationOutcome | null;
      /** Why there is no more than this. */
      readonly because: NoWorkerError;
    };

export interface ReadOptions {
  /** How long the worker may take to answer, milliseconds. @default 10000 */
  readonly deadlineMs?: number;
}

/** What Temporal knows; no worker needed. Throws `MigrationNotFoundError`, `ClientError`. */
export async function readSighting(access: TemporalAccess, workflowId: string): Promise<Sighting> {
  try {
    return sighting(
      await access.connection.withDeadline(Date.now() + ANSWER_DEADLINE_MS, () =>
        access.client.workflow.getHandle(workflowId).describe(),
      ),
    );
  } catch (cause) {
    throw explainFailure(access, `describe ${workflowId}`, cause);
  }
}

/** The workflow's own view. Throws `NoWorkerError` where nobody answers in time. */
export async function readView(
  access: TemporalAccess,
  workflowId: string,
  options: ReadOptions = {},
): Promise<StatusView> {
  return ask(access, options, `read the status of ${workflowId}`, () =>
    access.client.workflow.getHandle(workflowId).query(statusQuery),
  );
}

/** What a rollback would do now. Throws `NoWorkerError`. */
export async function readRollbackPlan(
  access: TemporalAccess,
  workflowId: string,
  options: ReadOptions = {},
): Promise<{ readonly refused: string } | { readonly actions: readonly RollbackAction[] }> {
  return ask(access, options, `plan a rollback of ${workflowId}`, () =>
    access.client.workflow.getHandle(workflowId).query(rollbackPlanQuery),
  );
}

/** The plan in force, with every amendment. Throws `NoWorkerError`. */
export async function readPlan(
  access: TemporalAccess,
  workflowId: string,
  options: ReadOptions = {},
): Promise<PlanInForce> {
  return ask(access, options, `read the plan of ${workflowId}`, () =>
    access.client.workflow.getHandle(workflowId).query(planQuery),
  );
}

/** What an amendment would change, or what stands against it; changes nothing. Throws `NoWorkerError`. */
export async function previewAmendment(
  access: TemporalAccess,
  workflowId: string,
  changes: PlanChanges,
  options: ReadOptions = {},
): Promise<AmendmentPreview> {
  return ask(access, options, `look at an amendment of ${workflowId}`, () =>
    access.client.workflow.getHandle(workflowId).query(amendmentQuery, changes),
  );
}

/** The best that is known. Throws `MigrationNotFoundError`, `ClientError`. */
export async function readStatus(
  access: TemporalAccess,
  workflowId: string,
  options: ReadOptions = {},
): Promise<MigrationStatus> {
  try {
    return { kind: 'view', view: await readView(access, workflowId, options) };
  } catch (cause) {
    if (!(cause instanceof NoWorkerError)) throw cause;
    const { snapshot } = await readSighting(access, workflowId);
    const result =
      isOpen(snapshot) || snapshot.runStatus !== 'completed'
        ? null
        : await access.client.workflow.getHandle<typeof migrateCluster>(workflowId).result();
    return { kind: 'snapshot', snapshot, result, because: cause };
  }
}

async function ask<Answer>(
  access: TemporalAccess,
  options: ReadOptions,
  doing: string,
  query: () => Promise<Answer>,
): Promise<Answer> {
  const deadlineMs = options.deadlineMs ?? ANSWER_DEADLINE_MS;
  try {
    const { lastPollSecondsAgo } = await pollersOf(access, QUEUES.main, 'workflow');
    if (lastPollSecondsAgo === null) throw new NoWorkerError(QUEUES.main, null, deadlineMs);
    return await access.connection.withDeadline(Date.now() + deadlineMs, async () =>
      askAgain(query),
    );
  } catch (cause) {
    const code = grpcCodeOf(cause);
    if (code !== GRPC.deadlineExceeded && code !== GRPC.failedPrecondition)
      throw explainFailure(access, doing, cause);
    const { lastPollSecondsAgo } = await pollersOf(access, QUEUES.main, 'workflow');
    throw new NoWorkerError(QUEUES.main, lastPollSecondsAgo, deadlineMs);
  }
}

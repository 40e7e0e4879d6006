/**
 * Migrations from code: what CI and the command line use. One connection; every method may be called again after a
 * failure (messages carry an id and are applied once). Errors are the classes of `errors.ts`; a refusal by the
 * migration is a `SendResult`, not an error.
 *
 *     const migrations = await connectMigrationClient();
 *     const { workflowId } = await migrations.start(plan, { requestedBy: 'ci' });
 *     const { end } = await migrations.wait(workflowId, { until: 'gate' });
 *     await migrations.approve(workflowId, { id: randomUUID(), by: 'alice', gate: 'shift' });
 *     await migrations.close();
 */
import type { Message, Verb } from '#domain/migration/messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { PlanChanges } from '#domain/amendment/plan-changes.ts';
import type { RollbackAction } from '#domain/migration/rollback-plan.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import type { AmendmentPreview, PlanInForce } from '#workflows/messages.ts';
import type { PreflightResult } from '#workflows/preflight-messages.ts';
import { findTarget } from './migrations/find-target.ts';
import { listMigrations, type ListFilter } from './migrations/list-migrations.ts';
import {
  previewAmendment,
  readPlan,
  readRollbackPlan,
  readStatus,
  readView,
  type MigrationStatus,
  type ReadOptions,
} from './migrations/read-status.ts';
import {
  runCertification,
  type CertifyEnd,
  type CertifyOptions,
} from './migrations/run-certification.ts';
import { runPreflight } from './migrations/run-preflight.ts';
import { sendMessage, type SendResult } from './migrations/send-message.ts';
import type { MigrationSnapshot } from './migrations/snapshot.ts';
import { startMigration, type StartResult } from './migrations/start-migration.ts';
import {
  waitForMigration,
  type WaitOptions,
  type WaitResult,
} from './migrations/wait-for-migration.ts';
import { connectTemporal, type ConnectOptions, type TemporalAccess } from './temporal/connect.ts';

/** Sends one decision; the answer's deadline is 10 s unless given. */
type Send = (
  workflowId: string,
  message: Message,
  options?: { readonly deadlineMs?: number },
) => Promise<SendResult>;

export interface MigrationClient {
  readonly temporal: TemporalAccess;
  start(plan: MigrationPlan, options: { readonly requestedBy: string }): Promise<StartResult>;
  /** The workflow's own view; throws `NoWorkerError` where nobody answers. */
  status(workflowId: string, options?: ReadOptions): Promise<StatusView>;
  /** The view, or what Temporal alone knows where nobody answers. */
  look(workflowId: string, options?: ReadOptions): Promise<MigrationStatus>;
  rollbackPlan(
    workflowId: string,
    options?: ReadOptions,
  ): Promise<{ readonly refused: string } | { readonly actions: readonly RollbackAction[] }>;
  /** The plan in force, with every amendment. */
  plan(workflowId: string, options?: ReadOptions): Promise<PlanInForce>;
  /** What an amendment would change, or what stands against it; changes nothing. */
  previewAmendment(
    workflowId: string,
    changes: PlanChanges,
    options?: ReadOptions,
  ): Promise<AmendmentPreview>;
  /** What stands against a plan, asked by a worker now; changes nothing. */
  preflight(plan: MigrationPlan): Promise<PreflightResult>;
  /** Tries add-on versions on a throw-away cluster, which is gone when it answers; null when it was cancelled. */
  certify(plan: MigrationPlan, options: CertifyOptions): Promise<CertifyEnd>;
  list(filter?: ListFilter): Promise<readonly MigrationSnapshot[]>;
  /** The workflow id meant by an id, a plan file, a cluster or plan name, or by nothing where one migration runs. */
  find(target: string | undefined): Promise<string>;
  wait(workflowId: string, options?: WaitOptions): Promise<WaitResult>;
  send(
    verb: Verb,
    workflowId: string,
    message: Message,
    options?: { readonly deadlineMs?: number },
  ): Promise<SendResult>;
  readonly approve: Send;
  readonly reject: Send;
  readonly pause: Send;
  readonly resume: Send;
  readonly amend: Send;
  readonly rollback: Send;
  readonly abort: Send;
  close(): Promise<void>;
}

/** Connects by the `TEMPORAL_*` environment and configuration file. Throws `TemporalUnreachableError`, `ClientError`. */
export async function connectMigrationClient(
  options: ConnectOptions = {},
): Promise<MigrationClient> {
  return migrationClient(await connectTemporal(options));
}

/** A client on a connection that is open already; `close` closes it. */
export function migrationClient(temporal: TemporalAccess): MigrationClient {
  const sender =
    (verb: Verb): Send =>
    (workflowId, message, options) =>
      sendMessage(temporal, workflowId, verb, message, options);
  return {
    temporal,
    start: (plan, options) => startMigration(temporal, plan, options),
    status: (workflowId, options) => readView(temporal, workflowId, options),
    look: (workflowId, options) => readStatus(temporal, workflowId, options),
    rollbackPlan: (workflowId, options) => readRollbackPlan(temporal, workflowId, options),
    plan: (workflowId, options) => readPlan(temporal, workflowId, options),
    previewAmendment: (workflowId, changes, options) =>
      previewAmendment(temporal, workflowId, changes, options),
    preflight: (plan) => runPreflight(temporal, plan),
    certify: (plan, options) => runCertification(temporal, plan, options),
    list: (filter) => listMigrations(temporal, filter),
    find: (target) => findTarget(temporal, target),
    wait: (workflowId, options) => waitForMigration(temporal, workflowId, options),
    send: (verb, workflowId, message, options) =>
      sendMessage(temporal, workflowId, verb, message, options),
    approve: sender('approve'),
    reject: sender('reject'),
    pause: sender('pause'),
    resume: sender('resume'),
    amend: sender('amend'),
    rollback: sender('rollback'),
    abort: sender('abort'),
    close: () => temporal.connection.close(),
  };
}

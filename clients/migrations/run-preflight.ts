import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { MigrationPlan } from '#domain/migration-plan.ts';
import { QUEUES } from '#domain/queues.ts';
import { PREFLIGHT_PLAN, type PreflightResult } from '#workflows/preflight-messages.ts';
import type { preflightPlan } from '#workflows/preflight-plan.ts';
import { delay } from '../delay.ts';
import { ClientError, NoWorkerError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { pollersOf } from '../temporal/pollers.ts';
import { workflowIdOfPlan } from './plan-identity.ts';

/** How long nobody may take it, and how long it may take, milliseconds. */
const TAKEN_WITHIN_MS = 10_000;
const ENDS_WITHIN_MS = 5 * 60_000;
/** A long poll lasts a minute: a newer one is somebody alive. */
const POLL_SECONDS = 70;

/**
 * Runs the preflight of a plan on a worker, as a short workflow of its own. Throws `NoWorkerError`, `TemporalUnreachableError`, and
 * `ClientError` where a name of the plan leads nowhere.
 */
export async function runPreflight(
  access: TemporalAccess,
  plan: MigrationPlan,
): Promise<PreflightResult> {
  const workflowId = workflowIdOfPlan(plan);
  const what = `preflight of ${workflowId}`;
  try {
    const handle = await access.client.workflow.start<typeof preflightPlan>(PREFLIGHT_PLAN, {
      workflowId: `preflight/${workflowId}/${randomUUID()}`,
      taskQueue: QUEUES.main,
      args: [{ plan, workflowId }],
      workflowExecutionTimeout: ENDS_WITHIN_MS,
      staticSummary: `preflight of ${plan.spec.blue.cluster}`,
    });
    const abandoned = new AbortController();
    try {
      return await Promise.race([handle.result(), nobodyTakesIt(access, abandoned.signal)]);
    } catch (cause) {
      if (cause instanceof NoWorkerError) await handle.terminate('no worker took it');
      throw cause;
    } finally {
      abandoned.abort();
    }
  } catch (cause) {
    throw refusalOf(cause) ?? explainFailure(access, what, cause);
  }
}

/** Rejects when nobody polls the queue; never resolves. */
async function nobodyTakesIt(access: TemporalAccess, signal: AbortSignal): Promise<never> {
  await delay(TAKEN_WITHIN_MS, signal);
  const { lastPollSecondsAgo } = signal.aborted
    ? { lastPollSecondsAgo: 0 }
    : await pollersOf(access, QUEUES.main, 'workflow');
  if (lastPollSecondsAgo === null || lastPollSecondsAgo > POLL_SECONDS)
    throw new NoWorkerError(QUEUES.main, lastPollSecondsAgo, TAKEN_WITHIN_MS);
  return new Promise(() => undefined);
}

/** An activity that failed for good says what is wrong and what to do. */
function refusalOf(cause: unknown): ClientError | null {
  if (!(cause instanceof WorkflowFailedError) || !(cause.cause instanceof ActivityFailure))
    return null;
  const { cause: failure } = cause.cause;
  if (!(failure instanceof ApplicationFailure)) return null;
  return new ClientError(`preflight could not ask everything: ${failure.message}`, {
    exitCode: EXIT.error,
    next: `docs/failures.md has a section on ${failure.type ?? 'it'}`,
    cause,
  });
}

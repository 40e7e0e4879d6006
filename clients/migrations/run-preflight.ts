import { randomUUID } from 'node:crypto';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { QUEUES } from '#domain/queues.ts';
import { PREFLIGHT_PLAN, type PreflightResult } from '#workflows/preflight-messages.ts';
import type { preflightPlan } from '#workflows/preflight-plan.ts';
import { NoWorkerError } from '../errors.ts';
import type { TemporalAccess } from '../temporal/connect.ts';
import { explainFailure } from '../temporal/explain-failure.ts';
import { nobodyTakesIt } from './nobody-takes-it.ts';
import { workflowIdOfPlan } from './plan-identity.ts';
import { refusalOf } from './refusal-of.ts';

/** How long it may take, milliseconds. */
const ENDS_WITHIN_MS = 5 * 60_000;

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
    throw (
      refusalOf('preflight could not ask everything', cause) ?? explainFailure(access, what, cause)
    );
  }
}

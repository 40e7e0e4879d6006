import { workflowInfo } from '@temporalio/workflow';
import { migrationIdOf } from '#domain/identity.ts';
import { planOfToday } from '#domain/plan/plan-of-today.ts';
import type { PreflightInput, PreflightResult } from './preflight-messages.ts';
import { quick } from './proxies.ts';

/** Preflight by itself: the same questions as at the beginning of a migration, and nothing after them. Changes nothing. */
export async function preflightPlan({
  plan,
  workflowId,
}: PreflightInput): Promise<PreflightResult> {
  const migrationId = migrationIdOf(workflowInfo().firstExecutionRunId);
  const { spec } = planOfToday(plan);
  const input = { ref: { workflowId, migrationId }, spec };
  const resolved = await quick('Resolve every name of the plan').resolveNames(input);
  const { findings } = await quick('Judge readiness').checkReadiness({ ...input, resolved });
  return { findings, blueVersion: resolved.blue.version };
}

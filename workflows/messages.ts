import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AmendmentProblem } from '#domain/amendment/amendment-rules.ts';
import type { Answer, Decision } from '#domain/migration/messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Difference } from '#domain/amendment/plan-difference.ts';
import type { RollbackAction } from '#domain/migration/rollback-plan.ts';
import type { KnownWeights } from '#domain/traffic/known-weights.ts';
import { RUN_NAMES } from '#domain/migration/run-names.ts';
import type { StatusView } from '#domain/migration/status-view.ts';

/**
 * What clients send and ask; they import these very objects. Bodies are `unknown` on purpose: signals come from
 * the Temporal UI and from shells too, and are parsed by hand in the workflow.
 */
export const approveSignal = defineSignal<[unknown]>('approve');
export const rejectSignal = defineSignal<[unknown]>('reject');
export const pauseSignal = defineSignal<[unknown]>('pause');
export const resumeSignal = defineSignal<[unknown]>('resume');
export const amendSignal = defineSignal<[unknown]>('amend');
export const rollbackSignal = defineSignal<[unknown]>('rollback');
export const abortSignal = defineSignal<[unknown]>('abort');

/**
 * Decides nothing: a run that only waits learns of a new worker build when it hears anything at all, and moves to it. Sent by the
 * worker whose build has become the current one.
 */
export const wakeSignal = defineSignal(RUN_NAMES.wake);

/** The same verbs as updates: they answer, and a refusal costs no history. */
export const approveUpdate = defineUpdate<Answer, [unknown]>('approve');
export const rejectUpdate = defineUpdate<Answer, [unknown]>('reject');
export const pauseUpdate = defineUpdate<Answer, [unknown]>('pause');
export const resumeUpdate = defineUpdate<Answer, [unknown]>('resume');
export const amendUpdate = defineUpdate<Answer, [unknown]>('amend');
export const rollbackUpdate = defineUpdate<Answer, [unknown]>('rollback');
export const abortUpdate = defineUpdate<Answer, [unknown]>('abort');

export const statusQuery = defineQuery<StatusView>('status');
export const historyQuery = defineQuery<readonly Decision[]>('history');
/** What a rollback would do now. */
export const rollbackPlanQuery = defineQuery<
  { readonly refused: string } | { readonly actions: readonly RollbackAction[] }
>('rollback-plan');

/** What the guard asks when it reads weights that it does not know. */
export const weightsQuery = defineQuery<KnownWeights>(RUN_NAMES.weights);

/** The plan in force: as it was started, with every amendment. */
export const planQuery = defineQuery<PlanInForce>('plan');
/** What an amendment would change, or what stands against it; its argument is the `changes` of the message. */
export const amendmentQuery = defineQuery<AmendmentPreview, [unknown]>('amendment');

export interface PlanInForce {
  readonly plan: MigrationPlan;
  /** How many amendments are in it; the `basis` of the next one. */
  readonly amendments: number;
}

export interface AmendmentPreview {
  readonly differences: readonly Difference[];
  /** Empty where it would be accepted. */
  readonly problems: readonly AmendmentProblem[];
}

/** Type of the failure a refused update carries; its message is the reason. */
export const REFUSED = 'refused';

/** The workflow's registered name. */
export const MIGRATE_CLUSTER = RUN_NAMES.workflow;

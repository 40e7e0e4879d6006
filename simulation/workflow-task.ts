import { isFields } from '#domain/json/json-fields.ts';
import { payloadOf, valueOf, type Command, type Instance, type Job } from './isolate.ts';
import type { UndoSeen } from './observations.ts';
import type { UpdateAnswer } from './updates.ts';

/** One workflow task, from the news it was made of to the commands it wants; the parts that need no server. */

/** What an activation was given and what it answered. */
export interface Round {
  readonly jobs: readonly Job[];
  readonly commands: readonly Command[];
}

/** A job on its way; an update is answered. */
export interface Sent {
  readonly job: Job;
  readonly answer?: (answer: UpdateAnswer) => void;
}

/** What the worker made of the news. */
export interface Performed {
  readonly rounds: readonly Round[];
  /** What a rollback would undo, asked when the task wants something with an effect. */
  readonly undoes: readonly UndoSeen[] | null;
}

export interface WorkflowTask extends Performed {
  readonly nth: number;
  readonly instance: Instance;
  readonly news: readonly Sent[];
  /** Workflow time, epoch milliseconds. */
  readonly nowMs: number;
}

export function initialJob(
  names: {
    readonly workflowId: string;
    readonly workflowType: string;
    readonly firstExecutionRunId: string;
  },
  input: NonNullable<NonNullable<Job['initializeWorkflow']>['arguments']>,
): Job {
  return { initializeWorkflow: { ...names, arguments: input, headers: {}, attempt: 1 } };
}

export function updateJob(name: string, id: string, body: unknown): Job {
  const doUpdate = {
    id,
    protocolInstanceId: id,
    name,
    input: [payloadOf(body)],
    headers: {},
    meta: { updateId: id, identity: 'people' },
    runValidator: true,
  };
  return { doUpdate };
}

/** In the order in which the SDK hands them on: what was said, then all others. */
export function inOrder(jobs: readonly Job[]): readonly Job[] {
  const isSaid = (job: Job): boolean => Boolean(job.signalWorkflow ?? job.doUpdate);
  return [...jobs.filter(isSaid), ...jobs.filter((job) => !isSaid(job))];
}

/** Updates that were refused leave no trace in a history. */
export function withoutRefused(rounds: readonly Round[]): readonly Round[] {
  const refused = new Set(
    rounds.flatMap(({ commands }) =>
      commands.flatMap(({ updateResponse }) =>
        updateResponse?.rejected ? [updateResponse.protocolInstanceId] : [],
      ),
    ),
  );
  return rounds
    .map(({ jobs, commands }) => ({
      jobs: jobs.filter(({ doUpdate }) => !doUpdate || !refused.has(doUpdate.protocolInstanceId)),
      commands: commands.filter(
        ({ updateResponse }) => !updateResponse || !refused.has(updateResponse.protocolInstanceId),
      ),
    }))
    .filter(({ jobs, commands }) => jobs.length > 0 || commands.length > 0);
}

/** Does the execution end with it? */
export function isEnd(command: Command): boolean {
  return Boolean(
    command.completeWorkflowExecution ??
    command.continueAsNewWorkflowExecution ??
    command.failWorkflowExecution ??
    command.cancelWorkflowExecution,
  );
}

/** What a workflow hears of an activity whose end it does not wait for. */
export function cancelledJob(seq: number, activity: string): Job {
  const failure = {
    message: 'Activity cancelled',
    activityFailureInfo: { activityType: { name: activity }, activityId: String(seq) },
    cause: { message: 'Activity cancelled', canceledFailureInfo: {} },
  };
  return { resolveActivity: { seq, result: { cancelled: { failure } } } };
}

/** Of the answer to the query for the rollback plan; null where it is a refusal, or was not asked for. */
export function actionsIn(plan: unknown): readonly UndoSeen[] | null {
  const actions: unknown = isFields(plan) ? plan['actions'] : null;
  if (!Array.isArray(actions)) return null;
  const found: readonly unknown[] = actions;
  return found.filter(isFields).map((action) => ({
    kind: String(action['kind']),
    routeIds: Array.isArray(action['routeIds']) ? action['routeIds'].map(String) : [],
  }));
}

/** Tells whoever sent it. */
export function answerUpdate(
  { news }: WorkflowTask,
  { protocolInstanceId, rejected, completed }: NonNullable<Command['updateResponse']>,
): void {
  const sent = news.find(({ job }) => job.doUpdate?.protocolInstanceId === protocolInstanceId);
  if (rejected) sent?.answer?.({ kind: 'refused', message: rejected.message ?? '' });
  if (completed) sent?.answer?.({ kind: 'answered', value: valueOf(completed) });
}

export function runId(execution: number): string {
  return `00000000-0000-4000-8000-${String(execution).padStart(12, '0')}`;
}

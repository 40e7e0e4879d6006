import type { ActivityServer } from './activity-server.ts';
import { CANCELLATION } from './activity-task.ts';
import type { TaskMoment } from './history.ts';
import type { Instance, Job } from './isolate.ts';
import { ask } from './workflow-cache.ts';
import { actionsIn, cancelledJob, type Performed, type Round } from './workflow-task.ts';

/** An activity that was cancelled in the very task that wanted it. */
const NEVER_SENT = 'never sent';

/** What the SDK's core knows of a run while it hands news to the workflow code. */
export interface CoreFacts {
  /** Has the workflow heard the end of this activity? */
  readonly isResolved: (seq: number) => boolean;
  readonly taskOf: ActivityServer['taskOf'];
  /** The workflow is asked what a rollback would undo whenever it schedules one of these. */
  readonly effects: ReadonlySet<string>;
}

/** Activates until the workflow has nothing more to hear at once. @throws WorkflowTaskFailed */
export async function perform(
  core: CoreFacts,
  instance: Instance,
  news: readonly Job[],
  moment: TaskMoment,
): Promise<Performed> {
  const rounds: Round[] = [];
  for (let jobs = news; jobs.length > 0;) {
    const commands = await instance.activate(jobs, { ...moment, isReplaying: false });
    rounds.push({ jobs, commands });
    jobs = heardAtOnce(core, rounds);
  }
  const isEffect = rounds.some(({ commands }) =>
    commands.some(({ scheduleActivity }) => core.effects.has(scheduleActivity?.activityType ?? '')),
  );
  return { rounds, undoes: isEffect ? actionsIn(await ask(instance, 'rollback-plan')) : null };
}

/** Cancellations that wait for nobody, and of what was never sent, are heard before the task is over. */
function heardAtOnce(core: CoreFacts, rounds: readonly Round[]): readonly Job[] {
  const heard = rounds.flatMap(({ jobs }) => jobs.map((job) => job.resolveActivity?.seq));
  return (rounds.at(-1)?.commands ?? []).flatMap(({ requestCancelActivity }) => {
    const seq = requestCancelActivity?.seq ?? null;
    if (seq === null || core.isResolved(seq) || heard.includes(seq)) return [];
    const sent = core.taskOf(seq);
    if (sent?.cancellationType === CANCELLATION.waitUntilCompleted) return [];
    return [cancelledJob(seq, sent?.activity ?? NEVER_SENT)];
  });
}

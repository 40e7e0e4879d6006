/**
 * A query that goes to a worker directly, not with a task, brings the history as it is by then: the worker is told of news before
 * the task that is answered in the end, and with another clock (`one-clock.ts`).
 */
import type { History, TaskMoment } from './history.ts';
import { WorkflowTaskFailed, type Instance, type Job } from './isolate.ts';
import { perform, type CoreFacts } from './perform.ts';
import { askDirectly, type WorkflowCache } from './workflow-cache.ts';
import type { Performed } from './workflow-task.ts';

/** A run that its worker has to forget, and what is new in its history. */
export interface EarlyNews {
  readonly cache: WorkflowCache;
  readonly history: History;
  readonly jobs: readonly Job[];
}

/**
 * A worker that has forgotten the run is asked when no task has taken up the news: it hears them with the clock of the task before.
 * Null where it refuses.
 */
export async function performAsked(core: CoreFacts, news: EarlyNews): Promise<Performed | null> {
  const { last, events } = news.history;
  if (last === null) return null;
  const { nowMs, nanos, continueAsNewSuggested } = last;
  const historyLength = events + news.jobs.length;
  return performEarly(core, news, { nowMs, nanos, historyLength, continueAsNewSuggested });
}

/**
 * A task is begun by a worker that dies with it. Another one is asked: it hears the news with the clock of that task, and is asked
 * at once. Null where it refuses.
 * @param moment of the task that nobody answers
 */
export async function performUnanswered(
  core: CoreFacts,
  news: EarlyNews,
  moment: TaskMoment,
): Promise<Performed | null> {
  return performEarly(core, news, moment, async (instance) => askDirectly(instance, 'status'));
}

async function performEarly(
  core: CoreFacts,
  { cache, history, jobs }: EarlyNews,
  moment: TaskMoment,
  afterwards?: (instance: Instance) => Promise<unknown>,
): Promise<Performed | null> {
  await cache.forget();
  try {
    const instance = await cache.instanceOf(history);
    const performed = await perform(core, instance, jobs, moment);
    await afterwards?.(instance);
    return performed;
  } catch (cause) {
    if (!(cause instanceof WorkflowTaskFailed)) throw cause;
    await cache.forget();
    return null;
  }
}

import { DIRECT_QUERY } from '#workflows/one-clock.ts';
import type { History } from './history.ts';
import { valueOf, type Instance, type Isolate } from './isolate.ts';

/** What a worker keeps of a run between its workflow tasks; what is not there is made again from the history (I12). */
export class WorkflowCache {
  #isolate: Isolate;
  readonly #onReplay: (problem: string | null) => void;
  #instance: Instance | null = null;

  constructor(isolate: Isolate, onReplay: (problem: string | null) => void) {
    this.#isolate = isolate;
    this.#onReplay = onReplay;
  }

  /** Null after the worker has died, until somebody asks for it. */
  get kept(): Instance | null {
    return this.#instance;
  }

  async instanceOf(history: History): Promise<Instance> {
    if (this.#instance !== null) return this.#instance;
    const { instance, problem } = await history.replay(this.#isolate);
    if (!history.isEmpty) this.#onReplay(problem);
    this.#instance = instance;
    return instance;
  }

  /** @param build of the workflow code with which the run goes on; the same without */
  async forget(build = this.#isolate): Promise<void> {
    this.#isolate = build;
    const instance = this.#instance;
    this.#instance = null;
    await instance?.dispose();
  }
}

/** Asks a running workflow, with one of its tasks; null where it refuses to answer. */
export async function ask(instance: Instance, queryType: string): Promise<unknown> {
  return answerOf(instance, queryType, 'one');
}

/** Asks it without a task. @throws WorkflowTaskFailed where it has to be forgotten for it */
export async function askDirectly(instance: Instance, queryType: string): Promise<unknown> {
  return answerOf(instance, queryType, DIRECT_QUERY);
}

async function answerOf(instance: Instance, queryType: string, queryId: string): Promise<unknown> {
  const [command] = await instance.activate(
    [{ queryWorkflow: { queryId, queryType, arguments: [], headers: {} } }],
    { nowMs: 0, nanos: 0, historyLength: 0, continueAsNewSuggested: false, isReplaying: false },
  );
  const response = command?.respondToQuery?.succeeded?.response;
  return response ? valueOf(response) : null;
}

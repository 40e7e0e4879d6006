import { workflowInfo, type ActivateInput, type WorkflowInterceptors } from '@temporalio/workflow';

/**
 * A workflow may branch on its clock: a replay reads the same time again, task by task. The SDK's core breaks that once in a
 * while (1.24, seen). A query that goes to a worker directly, not with a task, may bring the history as it is by then, and core tells
 * the workflow of whatever is new in it, before any task that this worker answers: with the clock of the task before, or of a
 * task that was begun and is never answered. The worker keeps what the workflow made of it. A replay tells the same news with the
 * clock of the task that was answered in the end, wants other commands, and the run stands still for good.
 *
 * So a query that brought news, as far as that can be told (decision 0117 says what cannot), is refused: whoever asked has to ask
 * again, and the worker forgets the run, whose next task replays it with the right time.
 */

/** What an activation says of the time. */
export interface ToldTime {
  /** Workflow time: when the server began the task, to the nanosecond. */
  readonly at: string;
  /** Workflow time, epoch milliseconds. */
  readonly atMs: number;
  /** Events in the history by then. */
  readonly historyLength: number;
}

/** Somebody asked at the very moment something happened. */
export class StaleClockError extends Error {
  static readonly message = 'asked at the very moment something happened: ask again';
  override readonly name = 'StaleClockError';

  constructor() {
    super(StaleClockError.message);
  }
}

/** The id that core gives to the one query of a task that is nothing else. */
export const DIRECT_QUERY = 'legacy_query';
/** Core asks as soon as it has told the news, on a machine that is starved seconds later. */
const NEWS_BY_QUERY_WITHIN_MS = 10_000;

/**
 * Is this the clock of the task before? No two tasks of a history begin at the same nanosecond, but on a server whose clock was set
 * back: there each of them has the latest time so far until the clock has caught up, also in a replay. Then it is ahead of this
 * machine's, too, and nothing is refused; a run must not wait for a clock.
 * @param machineMs this machine's clock, epoch milliseconds
 */
export function isStale(told: ToldTime, before: ToldTime | null, machineMs: number): boolean {
  return (
    before !== null &&
    told.at === before.at &&
    told.historyLength !== before.historyLength &&
    machineMs >= told.atMs
  );
}

/** The SDK looks for this name in each of the bundle's interceptor modules, and calls it for every workflow. */
export const interceptors = (): WorkflowInterceptors => {
  let before: ToldTime | null = null;
  const news = new News();
  const activate = (input: ActivateInput, next: (input: ActivateInput) => void): void => {
    const { isReplaying, now } = workflowInfo().unsafe;
    const queries =
      input.activation.jobs?.flatMap(({ queryWorkflow }) => queryWorkflow ?? []) ?? [];
    if (queries.length === 0) {
      const told = toldTime(input);
      if (!isReplaying && isStale(told, before, now())) throw new StaleClockError();
      before = told;
      news.heard(told, isReplaying, now());
    } else if (queries.some(({ queryId }) => queryId === DIRECT_QUERY) && news.mayBeOfQuery(now()))
      throw new StaleClockError();
    next(input);
  };
  return { internals: [{ activate }] };
};

/**
 * A run that was just replayed and told one piece of news: by the task that it was replayed for, or by the query that comes now. The
 * two look the same, so the query is refused; where it was the task, for nothing, and whoever asks again is answered.
 */
class News {
  #isReplayed = false;
  /** Tasks with news that were not of the replay. */
  #tasks = 0;
  #lastHistoryLength = -1;
  #lastMs = 0;

  heard({ historyLength }: ToldTime, isReplaying: boolean, machineMs: number): void {
    if (isReplaying) {
      this.#isReplayed = true;
      return;
    }
    if (historyLength !== this.#lastHistoryLength) this.#tasks += 1;
    this.#lastHistoryLength = historyLength;
    this.#lastMs = machineMs;
  }

  mayBeOfQuery(machineMs: number): boolean {
    const isSoon = machineMs - this.#lastMs < NEWS_BY_QUERY_WITHIN_MS;
    return this.#isReplayed && this.#tasks === 1 && isSoon;
  }
}

function toldTime({ activation: { timestamp, historyLength } }: ActivateInput): ToldTime {
  const seconds = Number(timestamp?.seconds ?? 0);
  const nanos = timestamp?.nanos ?? 0;
  return {
    at: `${seconds}.${nanos}`,
    atMs: seconds * 1000 + nanos / 1e6,
    historyLength: historyLength ?? 0,
  };
}

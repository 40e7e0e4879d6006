import { workflowInfo, type ActivateInput, type WorkflowInterceptors } from '@temporalio/workflow';

/**
 * A workflow may branch on its clock: a replay reads the same time again, task by task. The SDK's core breaks that once in a
 * while (1.24, seen). A query of a run that no worker has in memory is answered from the history as it is then, and news at its
 * end that no workflow task has taken up yet are told to the workflow with the clock of the task before; the worker keeps what
 * the workflow made of them. A replay tells the same news with their own task's clock, wants other commands, and the run stands
 * still for good. Such an activation is refused here: whoever asked has to ask again, the worker forgets the run, and its next
 * task replays it with the right time.
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
  const activate = (input: ActivateInput, next: (input: ActivateInput) => void): void => {
    const told = toldTime(input);
    if (told !== null) {
      const { isReplaying, now } = workflowInfo().unsafe;
      if (!isReplaying && isStale(told, before, now())) throw new StaleClockError();
      before = told;
    }
    next(input);
  };
  return { internals: [{ activate }] };
};

/** Null of a query: no workflow code goes on for it. */
function toldTime({ activation }: ActivateInput): ToldTime | null {
  const { timestamp, historyLength, jobs } = activation;
  if (!timestamp || jobs?.some(({ queryWorkflow }) => queryWorkflow)) return null;
  const seconds = Number(timestamp.seconds ?? 0);
  const nanos = timestamp.nanos ?? 0;
  return {
    at: `${seconds}.${nanos}`,
    atMs: seconds * 1000 + nanos / 1e6,
    historyLength: historyLength ?? 0,
  };
}

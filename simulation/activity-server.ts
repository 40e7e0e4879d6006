import {
  activityTask,
  CANCELLATION,
  pauseBeforeRetry,
  stopTimers,
  type ActivityTask,
} from './activity-task.ts';
import type { UnderWay } from '#activities/ports/runs.ts';
import { isFields } from '#domain/json/json-fields.ts';
import {
  msOf,
  payloadOf,
  timeoutFailure,
  type Command,
  type Failure,
  type Job,
} from './isolate.ts';
import type { ActivityName, Observation, SeenActivity } from './observations.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * The part of a Temporal server that keeps activities: attempts, timeouts, retries, heartbeats, cancellation. It believes only
 * what it is told: of a worker that died it learns by a timeout, and what an attempt says that it has given up it ignores.
 */
export interface AttemptRequest {
  readonly task: ActivityTask;
  readonly attempt: number;
}

export type AttemptResult =
  | {
      readonly how: 'completed';
      readonly result: unknown;
      readonly weightsRead: readonly (readonly [string, number | null])[];
    }
  | { readonly how: 'cancelled' }
  | { readonly how: 'failed'; readonly failure: Failure };

/** Who runs attempts. */
export interface AttemptRunner {
  readonly isUp: boolean;
  run(request: AttemptRequest): void;
}

interface Parts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly runner: AttemptRunner;
  readonly observe: (observation: Observation) => void;
  /** Tells the workflow. */
  readonly tell: (job: Job) => void;
}

const TIMEOUTS = {
  'start-to-close': 'START_TO_CLOSE',
  'schedule-to-close': 'SCHEDULE_TO_CLOSE',
  heartbeat: 'HEARTBEAT',
} as const;

export class ActivityServer {
  readonly #parts: Parts;
  readonly #tasks = new Map<number, ActivityTask>();
  #scheduled = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Activities that the server has not closed. */
  get open(): readonly ActivityTask[] {
    return [...this.#tasks.values()].filter((task) => !task.isClosed);
  }

  get seen(): readonly SeenActivity[] {
    return this.open.map(seen);
  }

  /** The same, as the server describes them to whoever asks. */
  get underWay(): readonly UnderWay[] {
    return this.open.map((task) => ({
      activity: task.activity,
      activityId: task.id,
      attempt: task.attempt,
      isAtWork: task.running !== null && !task.cancelRequested,
      startedMs: task.startedMs,
      heartbeat: task.heartbeatDetails,
    }));
  }

  schedule(
    command: NonNullable<Command['scheduleActivity']>,
    activity: ActivityName,
    input: unknown,
    undoes: Extract<Observation, { kind: 'scheduled' }>['undoes'],
  ): void {
    const { time, observe } = this.#parts;
    this.#scheduled += 1;
    const nowMs = time.nowMs();
    const task = activityTask(command, { activity, id: String(this.#scheduled), input, nowMs });
    this.#tasks.set(task.seq, task);
    observe({ atMs: nowMs, kind: 'scheduled', undoes, ...seen(task) });
    if (task.scheduleToCloseMs !== null)
      this.#arm(task, 'schedule-to-close', task.scheduleToCloseMs, () =>
        this.#timeOut(task, 'schedule-to-close'),
      );
    this.#queue(task, 0);
  }

  taskOf(seq: number): ActivityTask | undefined {
    return this.#tasks.get(seq);
  }

  /** The workflow's wish to cancel. */
  cancel(seq: number): void {
    const task = this.#tasks.get(seq);
    if (task === undefined || task.isClosed || task.cancelRequested) return;
    if (task.cancellationType === CANCELLATION.abandon) return;
    task.cancelRequested = true;
    // Nobody has it: nobody needs to be asked.
    if (task.running === null)
      this.#close(task, 'cancelled', { cancelled: { failure: cancelledFailure(task) } });
  }

  /** The execution is over: nobody hears of these any more, but who runs them goes on. */
  forget(): void {
    for (const task of this.#tasks.values()) {
      stopTimers(task);
      task.isClosed = true;
    }
    this.#tasks.clear();
  }

  /** A heartbeat has reached the server. What the attempt learns from the answer: go on, you are cancelled, nobody knows you. */
  heartbeat(
    { task, attempt }: AttemptRequest,
    details: unknown,
  ): 'go-on' | 'cancelled' | 'unknown' {
    if (task.isClosed || task.running !== attempt) return 'unknown';
    // Absent details leave what was said before.
    if (details !== undefined) task.heartbeatDetails = details;
    this.#armHeartbeat(task);
    return task.cancelRequested ? 'cancelled' : 'go-on';
  }

  /** An attempt's answer has reached the server. */
  respond({ task, attempt }: AttemptRequest, answer: AttemptResult, lastDetails: unknown): void {
    if (task.isClosed || task.running !== attempt) return;
    if (lastDetails !== undefined) task.heartbeatDetails = lastDetails;
    switch (answer.how) {
      case 'completed':
        this.#close(task, 'completed', { completed: { result: payloadOf(answer.result) } }, answer);
        return;
      case 'cancelled':
        this.#close(task, 'cancelled', { cancelled: { failure: cancelledFailure(task) } });
        return;
      default:
        this.#failed(task, answer.failure, 'failed', {
          type: answer.failure.applicationFailureInfo?.type ?? null,
          nextRetryMs: msOf(answer.failure.applicationFailureInfo?.nextRetryDelay),
        });
    }
  }

  /** Workers are back: they take what waits. */
  wake(): void {
    for (const task of this.open)
      if (task.running === null && !task.timers.has('start')) this.#queue(task, 0);
  }

  #queue(task: ActivityTask, pauseMs: number): void {
    const { time, random, runner } = this.#parts;
    task.attemptScheduledMs = time.nowMs() + pauseMs;
    this.#arm(task, 'start', pauseMs + random.whole(1, 40), () => {
      if (runner.isUp) this.#begin(task);
    });
  }

  #begin(task: ActivityTask): void {
    const { time, observe, runner } = this.#parts;
    const { attempt } = task;
    task.running = attempt;
    task.startedMs = time.nowMs();
    observe({ atMs: time.nowMs(), kind: 'attempt-began', attempt, ...seen(task) });
    if (task.startToCloseMs !== null)
      this.#arm(task, 'start-to-close', task.startToCloseMs, () =>
        this.#timeOut(task, 'start-to-close'),
      );
    this.#armHeartbeat(task);
    runner.run({ task, attempt });
  }

  #armHeartbeat(task: ActivityTask): void {
    if (task.heartbeatTimeoutMs === null) return;
    this.#arm(task, 'heartbeat', task.heartbeatTimeoutMs, () => this.#timeOut(task, 'heartbeat'));
  }

  #arm(
    task: ActivityTask,
    timer: 'start' | 'start-to-close' | 'schedule-to-close' | 'heartbeat',
    ms: number,
    happen: () => void,
  ): void {
    task.timers.get(timer)?.();
    const cancel = this.#parts.time.after(ms, () => {
      task.timers.delete(timer);
      happen();
    });
    task.timers.set(timer, cancel);
  }

  #timeOut(task: ActivityTask, kind: keyof typeof TIMEOUTS): void {
    const failure = timeoutFailure(TIMEOUTS[kind]);
    if (kind === 'schedule-to-close')
      this.#close(task, 'timed-out', { failed: { failure: activityFailure(task, failure) } });
    else this.#failed(task, failure, 'timed-out', { type: null, nextRetryMs: null });
  }

  #failed(
    task: ActivityTask,
    failure: Failure,
    how: 'failed' | 'timed-out',
    asks: Parameters<typeof pauseBeforeRetry>[1],
  ): void {
    const pauseMs = pauseBeforeRetry(task, asks, this.#parts.time.nowMs());
    if (pauseMs === null) {
      this.#close(task, how, { failed: { failure: activityFailure(task, failure) } });
      return;
    }
    for (const timer of ['start-to-close', 'heartbeat'] as const) {
      task.timers.get(timer)?.();
      task.timers.delete(timer);
    }
    task.running = null;
    task.attempt += 1;
    this.#queue(task, pauseMs);
  }

  #close(
    task: ActivityTask,
    how: Extract<Observation, { kind: 'closed' }>['how'],
    result: NonNullable<NonNullable<Job['resolveActivity']>['result']>,
    answer?: Extract<AttemptResult, { how: 'completed' }>,
  ): void {
    stopTimers(task);
    task.isClosed = true;
    task.running = null;
    this.#parts.observe({
      atMs: this.#parts.time.nowMs(),
      kind: 'closed',
      how,
      result: answer?.result,
      weightsRead: answer?.weightsRead ?? [],
      ...seen(task),
    });
    this.#parts.tell(resolution(task, result));
  }
}

function resolution(
  { seq }: ActivityTask,
  result: NonNullable<NonNullable<Job['resolveActivity']>['result']>,
): Job {
  return { resolveActivity: { seq, result } };
}

function seen({ activity, id, input }: ActivityTask): SeenActivity {
  return { activity, activityId: id, input: isFields(input) ? input : {} };
}

function activityFailure({ activity, id }: ActivityTask, cause: Failure): Failure {
  return {
    message: 'Activity task failed',
    activityFailureInfo: { activityType: { name: activity }, activityId: id },
    cause,
  };
}

function cancelledFailure(task: ActivityTask): Failure {
  return activityFailure(task, { message: 'Activity cancelled', canceledFailureInfo: {} });
}

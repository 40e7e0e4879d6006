import { msOf, type Command } from './isolate.ts';
import type { ActivityName } from './observations.ts';
import type { Cancel } from './virtual-time.ts';

/** One activity as the server keeps it, from its schedule command until the workflow hears how it ended. */
type ScheduleActivity = NonNullable<Command['scheduleActivity']>;

/** `ActivityCancellationType` as commands carry it. */
export const CANCELLATION = { tryCancel: 0, waitUntilCompleted: 1, abandon: 2 } as const;

export interface ActivityTask {
  readonly seq: number;
  /** Unique over all executions of the run. */
  readonly id: string;
  readonly activity: ActivityName;
  readonly input: unknown;
  readonly taskQueue: string;
  readonly cancellationType: number;
  readonly startToCloseMs: number | null;
  readonly scheduleToCloseMs: number | null;
  readonly heartbeatTimeoutMs: number | null;
  readonly retry: RetryPolicy;
  readonly scheduledMs: number;
  attempt: number;
  /** When the attempt under way was put into its queue. */
  attemptScheduledMs: number;
  /** The attempt that a worker has; null in the queue and between attempts. */
  running: number | null;
  /** When a worker took the newest attempt that one took; null before. */
  startedMs: number | null;
  cancelRequested: boolean;
  isClosed: boolean;
  heartbeatDetails: unknown;
  /** Timers of the server's own. */
  readonly timers: Map<'start' | 'start-to-close' | 'schedule-to-close' | 'heartbeat', Cancel>;
}

interface RetryPolicy {
  readonly initialMs: number;
  readonly coefficient: number;
  readonly maximumMs: number;
  /** 0: without end. */
  readonly maximumAttempts: number;
  readonly nonRetryable: readonly string[];
}

/** The server's own defaults of a retry policy, where the command leaves a field open. */
const INITIAL_MS = 1_000;
const COEFFICIENT = 2;
const MAXIMUM_TIMES = 100;

export function activityTask(
  command: ScheduleActivity,
  facts: {
    readonly activity: ActivityName;
    readonly id: string;
    readonly input: unknown;
    readonly nowMs: number;
  },
): ActivityTask {
  const { retryPolicy } = command;
  const initialMs = msOf(retryPolicy?.initialInterval) ?? INITIAL_MS;
  const { nowMs, ...names } = facts;
  return {
    seq: command.seq ?? 0,
    ...names,
    taskQueue: command.taskQueue ?? '',
    cancellationType: command.cancellationType ?? CANCELLATION.tryCancel,
    startToCloseMs: msOf(command.startToCloseTimeout),
    scheduleToCloseMs: msOf(command.scheduleToCloseTimeout),
    heartbeatTimeoutMs: msOf(command.heartbeatTimeout),
    retry: {
      initialMs,
      coefficient: retryPolicy?.backoffCoefficient ?? COEFFICIENT,
      maximumMs: msOf(retryPolicy?.maximumInterval) ?? MAXIMUM_TIMES * initialMs,
      maximumAttempts: retryPolicy?.maximumAttempts ?? 0,
      nonRetryable: retryPolicy?.nonRetryableErrorTypes ?? [],
    },
    scheduledMs: nowMs,
    attempt: 1,
    attemptScheduledMs: nowMs,
    running: null,
    startedMs: null,
    cancelRequested: false,
    isClosed: false,
    heartbeatDetails: undefined,
    timers: new Map(),
  };
}

/** When the next attempt may begin, in milliseconds from now; null where there is none. */
export function pauseBeforeRetry(
  task: ActivityTask,
  failure: { readonly type: string | null; readonly nextRetryMs: number | null },
  nowMs: number,
): number | null {
  const { retry, attempt, scheduledMs, scheduleToCloseMs, cancelRequested } = task;
  if (cancelRequested) return null;
  if (failure.type !== null && retry.nonRetryable.includes(failure.type)) return null;
  if (retry.maximumAttempts > 0 && attempt >= retry.maximumAttempts) return null;
  const grown = retry.initialMs * retry.coefficient ** (attempt - 1);
  const pauseMs = failure.nextRetryMs ?? Math.min(grown, retry.maximumMs);
  const endMs =
    scheduleToCloseMs === null ? Number.POSITIVE_INFINITY : scheduledMs + scheduleToCloseMs;
  return nowMs + pauseMs > endMs ? null : pauseMs;
}

export function stopTimers({ timers }: ActivityTask): void {
  for (const cancel of timers.values()) cancel();
  timers.clear();
}

import {
  activityInfo,
  cancellationDetails,
  cancellationSignal,
  heartbeat,
} from '@temporalio/activity';
import { CutoverFailure } from '#domain/failures.ts';
import type { Tools } from './tools.ts';

/**
 * This attempt of this activity, as the activity files see it: its cancellation, its age, its heartbeat and its
 * way to wait. The only file of activities (adapters aside) that knows Temporal.
 */
export interface ActivityRun {
  readonly signal: AbortSignal;
  /** Has the workflow asked for its end? A worker that shuts down also aborts the signal, and another attempt follows. */
  isLetGo(): boolean;
  /** Unique in its run. */
  readonly activityId: string;
  /** When the first attempt was scheduled, epoch milliseconds by Temporal's clock. */
  readonly scheduledMs: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** Epoch milliseconds at which this attempt began. */
  readonly startedMs: number;
  /**
   * Milliseconds since the first attempt was scheduled. Differences are taken per clock (Temporal's between
   * attempts, ours within one), so that a skewed worker clock neither shortens nor stretches a deadline.
   */
  elapsedMs(): number;
  /** Details of the last heartbeat of the attempt before, unchecked; undefined when there is none. */
  readonly lastHeartbeat: unknown;
  /** Says that the activity lives; learns of cancellation. Not sent where no heartbeat timeout was asked for. */
  heartbeat(details?: unknown): void;
  /** Leaves this to the next attempt, when this one is about to fail: its last heartbeat is sent with the failure. */
  leave(details: unknown): void;
  /** Waits with heartbeats; rejects at once on cancellation. */
  rest(ms: number, details?: unknown): Promise<void>;
  /** The failure of a wait that is not over, with the pause before the next attempt. */
  waiting(what: string, resource: string): CutoverFailure;
  /** The same run for what must be finished once begun: no cancellation reaches it, only this limit. */
  undisturbed(limitMs: number): ActivityRun;
}

/** Reads Temporal's context; call it once, first thing in an activity. */
export function thisRun(tools: Tools): ActivityRun {
  return runWith(tools, cancellationSignal());
}

function runWith(tools: Tools, signal: AbortSignal): ActivityRun {
  const { ports, timings } = tools;
  const info = activityInfo();
  const startedMs = ports.clock.nowMs();
  const beforeThisAttemptMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  const lastHeartbeat: unknown = info.heartbeatDetails;
  const beat = (details?: unknown): void => {
    signal.throwIfAborted();
    if (info.heartbeatTimeoutMs !== undefined) heartbeat(details);
  };
  return {
    signal,
    isLetGo: () => cancellationDetails()?.cancelRequested === true,
    activityId: info.activityId,
    scheduledMs: info.scheduledTimestampMs,
    attempt: info.attempt,
    startedMs,
    lastHeartbeat,
    elapsedMs: () => beforeThisAttemptMs + ports.clock.nowMs() - startedMs,
    heartbeat: beat,
    leave: (details) => heartbeat(details),
    rest: async (ms, details) => {
      const untilMs = ports.clock.nowMs() + ms;
      let leftMs = ms;
      while (leftMs > 0) {
        beat(details);
        const napMs = Math.min(leftMs, timings.heartbeatMs);
        await ports.clock.sleep(napMs, signal);
        // A clock that is put back must not keep a guard from looking.
        leftMs = Math.min(untilMs - ports.clock.nowMs(), leftMs - napMs);
      }
      beat(details);
    },
    waiting: (what, resource) =>
      new CutoverFailure('waiting', what, {
        resource,
        retryAfterSeconds: pauseAfter(info.attempt, timings.waitSeconds),
      }),
    undisturbed: (limitMs) => ({
      ...runWith(tools, ports.clock.limit(limitMs)),
      startedMs,
    }),
  };
}

function pauseAfter(attempt: number, pauses: readonly number[]): number {
  return pauses[Math.min(attempt, pauses.length) - 1] ?? 1;
}

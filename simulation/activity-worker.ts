import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { MigrationActivities } from '#activities/contract.ts';
import { QUEUES } from '#domain/queues.ts';
import { CALM_GUARD_HEARTBEAT_MS } from '#workers/create-workers.ts';
import { failureInterceptor } from '#workers/failure-interceptor.ts';
import type { AttemptRequest, AttemptResult, AttemptRunner } from './activity-server.ts';
import { within, type Attempt } from './attempt.ts';
import type { Fault } from './faults.ts';
import { failureOf } from './isolate.ts';
import type { NetworkParts } from './network.ts';
import type { Observation } from './observations.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * A worker process: runs the real activities as the SDK does, sends their heartbeats throttled, dies with everything it has
 * in hand, and is started again. An attempt that the server has given up goes on here until it learns of it.
 */
interface Parts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: readonly Fault[];
  readonly activities: MigrationActivities;
  readonly observe: (observation: Observation) => void;
  /** A heartbeat has reached the server. */
  readonly onHeartbeat?: ((task: AttemptRequest['task'], atMs: number) => void) | undefined;
  readonly server: () => {
    readonly activities: {
      heartbeat(request: AttemptRequest, details: unknown): 'go-on' | 'cancelled' | 'unknown';
      respond(request: AttemptRequest, result: AttemptResult, lastDetails: unknown): void;
    };
    workerDied(): Promise<void>;
    workerIsBack(): void;
  };
}

/** The SDK's own, for queues where nothing else is said. */
const MOST_THROTTLE_MS = 60_000;
const THROTTLE_MS = 30_000;
const SILENT = new DefaultLogger('ERROR', () => undefined);

export class ActivityWorker implements AttemptRunner {
  isUp = true;
  readonly #parts: Parts;
  readonly #running = new Set<Attempt>();
  readonly #begun = new Map<string, number>();
  readonly #read = new Map<string, Attempt['weightsRead']>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** kill -9, and a new process after a while. */
  readonly kill: NetworkParts['kill'] = (downMs, where) => {
    if (!this.isUp) return;
    this.#parts.observe({ atMs: this.#parts.time.nowMs(), kind: 'killed', ...where });
    this.stop(downMs);
  };

  /** Nobody works for a while, and what was in hand is lost. */
  stop(downMs: number): void {
    const { time, server } = this.#parts;
    if (!this.isUp) return;
    this.isUp = false;
    for (const attempt of this.#running) attempt.isDead = true;
    this.#running.clear();
    void server().workerDied();
    time.after(downMs, () => {
      this.isUp = true;
      server().workerIsBack();
    });
  }

  run(request: AttemptRequest): void {
    const { task } = request;
    const attempt: Attempt = {
      request,
      activity: task.activity,
      sent: 0,
      isDead: false,
      ...this.#fateOf(task.activity),
      weightsRead: this.#readBy(task.id),
    };
    this.#running.add(attempt);
    void this.#perform(attempt);
  }

  async #perform(attempt: Attempt): Promise<void> {
    const { time, random, activities, server } = this.#parts;
    const { request } = attempt;
    const { task } = request;
    const env = environmentOf(request);
    const heartbeats = this.#heartbeats(attempt, env);
    env.on('heartbeat', heartbeats.beat);
    const perform: (input: never) => Promise<unknown> = activities[task.activity];
    const result = await within(attempt, async () =>
      env
        .run(async () => {
          const value: unknown = await Reflect.apply(perform, activities, [task.input]);
          return value;
        })
        .then(
          (value): AttemptResult => ({
            how: 'completed',
            result: value,
            weightsRead: attempt.weightsRead,
          }),
          (cause: unknown): AttemptResult => failed(cause, env),
        ),
    );
    if (attempt.isDead) return;
    if (attempt.dies?.kill === 'answer') {
      this.kill(attempt.dies.downMs, { activity: task.activity, point: 'answer', call: 'none' });
      return;
    }
    this.#running.delete(attempt);
    time.after(random.whole(1, 20), () =>
      server().activities.respond(request, result, heartbeats.last()),
    );
  }

  /** The first is sent at once, then the newest of each interval; the last of all goes with the attempt's end. */
  #heartbeats(
    attempt: Attempt,
    env: MockActivityEnvironment,
  ): { readonly beat: (details: unknown) => void; readonly last: () => unknown } {
    const { time, random, server, onHeartbeat } = this.#parts;
    const { request } = attempt;
    const { heartbeatTimeoutMs, taskQueue } = request.task;
    const mostThrottleMs = taskQueue === QUEUES.guard ? CALM_GUARD_HEARTBEAT_MS : MOST_THROTTLE_MS;
    const throttleMs =
      heartbeatTimeoutMs === null
        ? THROTTLE_MS
        : Math.min(heartbeatTimeoutMs * 0.8, mostThrottleMs);
    let last: unknown;
    let waiting: { details: unknown } | null = null;
    let isThrottled = false;
    const send = (details: unknown): void => {
      isThrottled = true;
      time.after(throttleMs, () => {
        isThrottled = false;
        const next = waiting;
        waiting = null;
        if (next !== null && this.#running.has(attempt)) send(next.details);
      });
      time.after(random.whole(1, 20), () => {
        if (attempt.isDead) return;
        onHeartbeat?.(request.task, time.nowMs());
        const answer = server().activities.heartbeat(request, details);
        if (answer === 'go-on') return;
        time.after(random.whole(1, 20), () => {
          if (this.#running.has(attempt))
            env.cancel(answer === 'cancelled' ? 'CANCELLED' : 'NOT_FOUND');
        });
      });
    };
    return {
      beat: (details) => {
        if (attempt.isDead) return;
        last = details;
        if (isThrottled) waiting = { details };
        else send(details);
      },
      last: () => last,
    };
  }

  /** Shared by all attempts of an activity. */
  #readBy(activityId: string): Attempt['weightsRead'] {
    const known = this.#read.get(activityId) ?? [];
    this.#read.set(activityId, known);
    return known;
  }

  /** What the faults want of the attempt that begins now. */
  #fateOf(activity: string): Pick<Attempt, 'dies' | 'slowMs'> {
    const nth = (this.#begun.get(activity) ?? 0) + 1;
    this.#begun.set(activity, nth);
    const mine = this.#parts.faults.flatMap((one) =>
      one.at === 'attempt' && one.activity === activity && one.nth === nth ? [one] : [],
    );
    return {
      dies: mine.find((one) => 'kill' in one) ?? null,
      slowMs: mine.find((one) => 'slowMs' in one)?.slowMs ?? null,
    };
  }
}

function environmentOf({ task, attempt }: AttemptRequest): MockActivityEnvironment {
  return new MockActivityEnvironment(
    {
      activityType: task.activity,
      activityId: task.id,
      attempt,
      heartbeatDetails: task.heartbeatDetails,
      ...(task.heartbeatTimeoutMs === null ? {} : { heartbeatTimeoutMs: task.heartbeatTimeoutMs }),
      scheduledTimestampMs: task.scheduledMs,
      currentAttemptScheduledTimestampMs: task.attemptScheduledMs,
      taskQueue: task.taskQueue,
    },
    { logger: SILENT, interceptors: [() => ({ inbound: failureInterceptor })] },
  );
}

/** As the SDK's own worker tells the server. */
function failed(cause: unknown, env: MockActivityEnvironment): AttemptResult {
  const isCancellation =
    cause instanceof Error && (cause.name === 'CancelledFailure' || cause.name === 'AbortError');
  if (env.context.cancellationSignal.aborted && isCancellation) return { how: 'cancelled' };
  return { how: 'failed', failure: failureOf(cause) };
}

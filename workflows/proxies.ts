import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ActivityOptions, RetryPolicy } from '@temporalio/common';
import type { CertifyActivities, MigrationActivities } from '#activities/contract.ts';
import { NON_RETRYABLE_FAILURES } from '#domain/failures.ts';
import { QUEUES } from '#domain/queues.ts';

/**
 * Every timeout of every class of work, with its reason (DESIGN section 6). Whatever changes the world is cancelled with WAIT_CANCELLATION_COMPLETED: the
 * SDK's real default lets a write in flight land *after* the rollback that overtook it.
 */
const FORWARD_RETRY = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30s',
  nonRetryableErrorTypes: [...NON_RETRYABLE_FAILURES],
} satisfies RetryPolicy;

/** An undo is tried for ever: AccessDenied must not end a rollback. */
const UNDO_RETRY = {
  initialInterval: '500ms',
  backoffCoefficient: 1.5,
  maximumInterval: '10s',
} satisfies RetryPolicy;

const TOP_PRIORITY = { priorityKey: 1 } as const;

type Activities = MigrationActivities & CertifyActivities;

function proxy(options: ActivityOptions): (summary: string) => Activities {
  return (summary) => proxyActivities<Activities>({ ...options, summary });
}

/** Reads and small writes: a minute is many times their worst answer. */
export const quick = proxy({
  taskQueue: QUEUES.main,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '30m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: FORWARD_RETRY,
});

/** Waits by retry (they add no history): EKS control planes take up to an hour on a bad day. */
export const waiting = proxy({
  taskQueue: QUEUES.waits,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '2h',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: FORWARD_RETRY,
});

/** Long work that heartbeats: copying namespaces, smoke tests, hand-overs. */
export const working = proxy({
  taskQueue: QUEUES.waits,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '30s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: FORWARD_RETRY,
});

/** Forward weight writes: ended within 10 s, so that a rollback knows when the last one can land. */
export const traffic = proxy({
  taskQueue: QUEUES.traffic,
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '10m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  priority: TOP_PRIORITY,
  retry: FORWARD_RETRY,
});

/** Reading users' traffic; cancelled at once because it writes nothing. */
export const watching = proxy({
  taskQueue: QUEUES.traffic,
  startToCloseTimeout: '2h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: FORWARD_RETRY,
});

/** The rehearsed rollback: it writes weights at its beginning and its middle, and waits for slow sources between. */
export const rehearsing = proxy({
  taskQueue: QUEUES.traffic,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  priority: TOP_PRIORITY,
  retry: FORWARD_RETRY,
});

/** Its end is waited for: it may be pulling traffic to blue, and its report says so. */
const guard = (heartbeatTimeout: '10s' | '6m') =>
  proxy({
    taskQueue: QUEUES.guard,
    startToCloseTimeout: '30d',
    heartbeatTimeout,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: TOP_PRIORITY,
    retry: {
      initialInterval: '500ms',
      backoffCoefficient: 1,
      nonRetryableErrorTypes: ['internal'],
    },
  });

/** The guard while weights change: a dead worker is noticed within 10 s. */
export const sharpGuard = guard('10s');
/** The guard in soak and at gates, where each heartbeat is a billed Action. */
export const calmGuard = guard('6m');

/** Undoing: start-to-close only, tried for ever. */
export const undo = proxy({
  taskQueue: QUEUES.traffic,
  startToCloseTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  priority: TOP_PRIORITY,
  retry: UNDO_RETRY,
});

/** Undoing that takes longer than a weight: singletons, watching a halted side, deleting green. */
export const slowUndo = proxy({
  taskQueue: QUEUES.waits,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '1m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: UNDO_RETRY,
});

/** Looking at users' traffic during an undo. */
export const undoWatching = proxy({
  taskQueue: QUEUES.traffic,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  priority: TOP_PRIORITY,
  retry: UNDO_RETRY,
});

/** After commit: tried for ever, because half-removed is no state to leave a cluster in. */
export const forGood = proxy({
  taskQueue: QUEUES.waits,
  startToCloseTimeout: '2m',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Telling people: a few attempts; a deaf webhook must not hold up a rollback. */
export const telling = proxy({
  taskQueue: QUEUES.main,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '2m',
  retry: { initialInterval: '1s', maximumAttempts: 5 },
});

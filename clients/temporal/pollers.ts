import type { TemporalAccess } from './connect.ts';

/** `temporal.api.enums.v1.TaskQueueType`. */
const TASK_QUEUE_TYPE = { workflow: 1, activity: 2 } as const;

/** Who polls one task queue, as Temporal remembers it: about five minutes, so a killed worker is still in it. */
export interface QueuePollers {
  /** Distinct worker identities. */
  readonly identities: readonly string[];
  /** Since the newest poll began, whole seconds; null: none. A healthy worker's is at most about 60 (one long poll). */
  readonly lastPollSecondsAgo: number | null;
}

/** Asks Temporal who polls `queue`. */
export async function pollersOf(
  access: TemporalAccess,
  queue: string,
  type: keyof typeof TASK_QUEUE_TYPE,
): Promise<QueuePollers> {
  const { pollers } = await access.connection.workflowService.describeTaskQueue({
    namespace: access.namespace,
    taskQueue: { name: queue },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in @temporalio/proto, which only the SDK may depend on
    taskQueueType: TASK_QUEUE_TYPE[type],
  });
  const newest = Math.max(
    ...pollers.map((poller) => Number(poller.lastAccessTime?.seconds ?? 0)),
    0,
  );
  return {
    identities: [...new Set(pollers.map((poller) => poller.identity ?? ''))].toSorted(),
    lastPollSecondsAgo: newest === 0 ? null : Math.max(0, Math.round(Date.now() / 1000 - newest)),
  };
}

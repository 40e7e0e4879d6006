import { ActivityCancellationDetails } from '@temporalio/common';
import { once as event } from 'node:events';
import type { GuardInput, GuardReport } from '#activities/contract.ts';
import { environment, readyInput, routeIds, type Stage } from '#test/activities/run-activity.ts';

/** Green carries `percent` of the users. */
export async function guarding(stage: Stage, percent = 50): Promise<GuardInput> {
  const { activities, settled } = stage;
  const input = await readyInput(stage);
  const step = { ...input, routeIds: routeIds(input), percent };
  const { readBackAt } = await settled(async () => activities.setWeights(step));
  return { ...input, greenSince: readBackAt, mode: 'pull', missingIsKnown: false };
}

export async function watch(stage: Stage, input: GuardInput): Promise<GuardReport> {
  return stage.once(async () => stage.activities.guardTraffic(input));
}

interface Background {
  readonly ending: Promise<GuardReport>;
  beats(): Promise<unknown>;
  cancel(): void;
  /** The worker is shutting down. */
  shutDown(): void;
  looks(times: number): Promise<void>;
}

/** A guard that watches in the background; `looks` waits until it has looked again. */
export function background(stage: Stage, input: GuardInput): Background {
  const attempt = environment();
  const ending: Promise<GuardReport> = attempt.run(async () =>
    stage.activities.guardTraffic(input),
  );
  ending.catch(() => undefined);
  return {
    ending,
    beats: async () => event(attempt, 'heartbeat'),
    cancel: () => attempt.cancel(),
    shutDown: () =>
      attempt.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })),
    looks: async (times: number) => {
      const { calls } = stage.world;
      const until = calls.count('router.readGreenPercent') + times;
      while (calls.count('router.readGreenPercent') < until) await event(attempt, 'heartbeat');
    },
  };
}

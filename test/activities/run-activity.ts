import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '#activities/create-activities.ts';
import type { GreenInput, MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import type { Ports } from '#activities/ports/ports.ts';
import type { Timings } from '#activities/timings.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from '#test/fakes/fake-world.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';

/**
 * Runs activities on a fake world as Temporal would: each attempt in an environment of its own, attempts of a
 * `waiting` one after the other.
 */
export const REF = {
  workflowId: 'migrate/111122223333/eu-west-1/shop-blue',
  migrationId: 'abcdef012345',
} as const;

export interface Stage {
  readonly world: FakeWorld;
  readonly ports: Ports;
  readonly activities: MigrationActivities;
  /** One attempt. */
  readonly once: <Result>(activity: () => Promise<Result>, info?: Partial<Info>) => Promise<Result>;
  /** Attempts until it is no longer `waiting`. */
  readonly settled: <Result>(activity: () => Promise<Result>) => Promise<Result>;
}

const MOST_ATTEMPTS = 500;
/** Failing attempts are what these tests are about. */
const QUIET = new DefaultLogger('ERROR');

export function createStage(
  options: Partial<FakeWorldOptions> = {},
  timings: Partial<Timings> = {},
): Stage {
  const { ports, world } = createFakeWorld(options);
  const activities = createActivities(ports, { ...QUICK_TIMINGS, ...timings });
  const once: Stage['once'] = async (activity, info = {}) => environment(info).run(activity);
  return {
    world,
    ports,
    activities,
    once,
    settled: async (activity) => {
      const startedMs = Date.now();
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        try {
          const elapsedMs = Date.now() - startedMs;
          return await once(activity, {
            attempt,
            scheduledTimestampMs: startedMs,
            currentAttemptScheduledTimestampMs: startedMs + elapsedMs,
          });
        } catch (failure) {
          if (!(failure instanceof CutoverFailure) || failure.type !== 'waiting') throw failure;
          await new Promise((resolve) => {
            setTimeout(resolve, (failure.retryAfterSeconds ?? 0) * 1000);
          });
        }
      }
      throw new Error('it waited too long');
    },
  };
}

/** An attempt's environment; cancel it and listen to its heartbeats. */
export function environment(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000, ...info }, { logger: QUIET });
}

/** Preflight done. */
export async function resolvedInput({ world, activities, settled }: Stage): Promise<ResolvedInput> {
  const input = { ref: REF, spec: world.plan.spec };
  return { ...input, resolved: await settled(async () => activities.resolveNames(input)) };
}

/** Green provisioned, with add-ons; nothing attached. */
export async function greenInput(stage: Stage): Promise<GreenInput> {
  return provisioned(stage, await resolvedInput(stage));
}

/** The same, of names that were resolved elsewhere. */
export async function provisioned(
  { activities, settled }: Pick<Stage, 'activities' | 'settled'>,
  resolved: ResolvedInput,
): Promise<GreenInput> {
  const green = await settled(async () => activities.createGreen(resolved));
  const input = { ...resolved, green };
  await settled(async () => activities.awaitGreen(input));
  await settled(async () => activities.furnishGreen(input));
  await settled(async () => activities.awaitNodegroups(input));
  return input;
}

/** Green attached at weight 0 with the workloads on it. */
export async function readyInput(stage: Stage): Promise<GreenInput> {
  const { activities, settled } = stage;
  const input = await greenInput(stage);
  await settled(async () => activities.attachGreen(input));
  await settled(async () => activities.copyWorkloads(input));
  await settled(async () => activities.awaitWorkloads(input));
  return input;
}

/** Ids of all routes. */
export function routeIds({ resolved }: ResolvedInput): readonly string[] {
  return resolved.routes.map(({ id }) => id);
}

/** The name of the failure that an activity ended with; `none` if it did not fail. */
export async function failureOf(ending: Promise<unknown>): Promise<string> {
  return ending.then(
    () => 'none',
    (failure: unknown) => (failure instanceof CutoverFailure ? failure.type : String(failure)),
  );
}

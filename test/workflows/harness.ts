/**
 * Runs the real workflow and the real activities on an in-memory world, one world per migration. Any activity can be
 * held by name, so that a test can act while it is in flight. One Temporal test server and one set of workers per file.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { createActivities } from '#activities/create-activities.ts';
import type { MigrationActivities } from '#activities/contract.ts';
import { askAgain } from '#clients/temporal/ask-again.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Answer, Message, Verb } from '#domain/migration/messages.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { QUEUES } from '#domain/queues.ts';
import type { StatusView } from '#domain/migration/status-view.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { QUICK_TIMINGS } from '#test/fakes/quick-timings.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from '#test/fakes/fake-world.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import { createWorkers } from '#workers/create-workers.ts';
import type { MigrationInput } from '#workflows/input.ts';
import type { migrateCluster } from '#workflows/migrate-cluster.ts';
import * as messages from '#workflows/messages.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/search-attributes.ts';

export type ActivityName = keyof MigrationActivities;
type Handle = WorkflowHandleWithFirstExecutionRunId<typeof migrateCluster>;

/** A migration under test. */
export interface TestMigration {
  readonly handle: Handle;
  readonly world: FakeWorld;
  readonly plan: MigrationPlan;
  /** The next call of this activity waits until released; `reached` resolves when it is there. */
  hold(name: ActivityName): { readonly reached: Promise<void>; readonly release: () => void };
  /** The next `times` calls of this activity throw; 1 without. */
  failNext(name: ActivityName, cause: Error, times?: number): void;
  send(verb: Verb, message?: Partial<Message>): Promise<Answer>;
  status(): Promise<StatusView>;
  /** Waits, in real time, until the status fits; gives up as soon as the run has ended otherwise. @param timeoutMs a minute without */
  until(
    what: string,
    fits: (status: StatusView) => boolean,
    timeoutMs?: number,
  ): Promise<StatusView>;
  /** Activities called so far, in order. */
  readonly called: readonly ActivityName[];
  /** How the world was before: the rules' actions as JSON, the singletons at work on blue, what keeps blue from shrinking, whom roles trust. */
  readonly before: {
    readonly rules: string;
    readonly singletonsOnBlue: readonly string[];
    readonly floorsOnBlue: readonly unknown[];
    readonly trust: readonly unknown[];
  };
  /** Singletons at work on a side, as `Kind namespace/name`. */
  readonly singletonsAt: (side: 'blue' | 'green') => readonly string[];
}

export interface Harness {
  readonly env: TestWorkflowEnvironment;
  start(options?: StartOptions): Promise<TestMigration>;
  /** Workers of a build of their own, beside those that are there. */
  startWorkers(build: Build): Promise<Crew>;
  stop(): Promise<void>;
}

/** What the workers of a deploy run. */
export interface Build {
  /** The workflow code. @default today's */
  readonly code?: string;
  /** With it the workers are versioned: a build of the deployment `cutover`. */
  readonly buildId?: string;
}

/** The workers of one build, one per queue. */
export interface Crew {
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly plan?: MigrationPlan;
  readonly world?: Partial<FakeWorldOptions>;
  readonly continueAsNewAfterEvents?: number;
  /** What the run remembers from an execution before. */
  readonly state?: MigrationState;
  /** Turns knobs of the world before the run begins. */
  readonly prepare?: (world: FakeWorld) => void;
}

/** What keeps blue from shrinking: its autoscalers' floors, and notes on them and on its nodes. */
export function floorsOf({ blueKubernetes }: FakeWorld): readonly unknown[] {
  return ['horizontalpodautoscalers', 'nodes']
    .flatMap((plural) => blueKubernetes.all(plural))
    .map(({ metadata, spec }) => [metadata.name, metadata.annotations ?? {}, spec ?? {}]);
}

interface Registered {
  readonly activities: MigrationActivities;
  readonly faults: { readonly name: ActivityName; left: number; readonly cause: Error }[];
  readonly holds: Map<ActivityName, { reached: () => void; released: Promise<void> }>;
  readonly called: ActivityName[];
}

/**
 * `real`: a Temporal dev server, where time is time. `time-skipping`: the test server, for gates that wait for days; it
 * loses queries and updates that meet a continue-as-new, so whatever continues as new is tested on the real one.
 * @param settings of the dev server's dynamic configuration, `name=value`
 * @param build of the workers that are there from the start; null: none are
 */
export async function startHarness(
  server: 'real' | 'time-skipping' = 'real',
  settings: readonly string[] = [],
  build: Build | null = {},
): Promise<Harness> {
  quietTemporal();
  const extraArgs = settings.flatMap((setting) => ['--dynamic-config-value', setting]);
  const env = server === 'real' ? await hurriedServer(extraArgs) : await timeSkippingServer();
  const registry = new Map<string, Registered>();
  const crews: Crew[] = [];
  const startWorkers = async ({ code, buildId }: Build): Promise<Crew> => {
    const workers = await createWorkers({
      connection: env.nativeConnection,
      namespace: 'default',
      activities: dispatching(registry),
      identity: buildId ?? 'test',
      deployment: buildId === undefined ? undefined : { name: 'cutover', buildId },
      shutdownGraceSeconds: 0,
      // The guard learns of its end with a heartbeat; production sends one every 8 s at most.
      guardHeartbeatMs: 100,
      workflowBundle: code === undefined ? await workflowBundle() : { code },
    });
    const running = workers.map((worker) => worker.run());
    const crew: Crew = {
      stop: async () => {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
        await Promise.all(running);
      },
    };
    crews.push(crew);
    return crew;
  };
  if (build !== null) await startWorkers(build);
  return {
    env,
    start: (options = {}) => startMigration(env, registry, options),
    startWorkers,
    stop: async () => {
      await Promise.all(crews.map((crew) => crew.stop()));
      await env.teardown();
    },
  };
}

async function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  const tools = await ensureTools(['temporal-test-server']);
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: tools.path('temporal-test-server') } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    // 2 = Keyword, 3 = Int (temporal.api.enums.v1.IndexedValueType)
    searchAttributes: Object.fromEntries(
      SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type === 'INT' ? 3 : 2]),
    ),
  });
  return env;
}

async function startMigration(
  env: TestWorkflowEnvironment,
  registry: Map<string, Registered>,
  options: StartOptions,
): Promise<TestMigration> {
  const plan = options.plan ?? fakePlan();
  const { ports, world } = createFakeWorld({ plan, ...options.world });
  const singletonsAt = (side: 'blue' | 'green'): readonly string[] => {
    const running = (side === 'blue' ? world.blueKubernetes : world.greenKubernetes).running();
    const listed = plan.spec.singletons.deployments.map((name) => `Deployment ${name}`);
    return running.filter((object) => object.startsWith('CronJob ') || listed.includes(object));
  };
  const before = {
    rules: JSON.stringify(world.loadBalancer.rules.map((rule) => rule.actions)),
    singletonsOnBlue: singletonsAt('blue'),
    floorsOnBlue: floorsOf(world),
    trust: [...world.iam.roles, ...world.iam.providers],
  };
  options.prepare?.(world);
  const workflowId = `migrate/test/${randomUUID()}`;
  const registered: Registered = {
    activities: createActivities(ports, QUICK_TIMINGS),
    faults: [],
    holds: new Map(),
    called: [],
  };
  registry.set(workflowId, registered);
  const input: MigrationInput = {
    plan,
    planDigest: 'test',
    requestedBy: 'requester',
    ...(options.continueAsNewAfterEvents === undefined
      ? {}
      : { continueAsNewAfterEvents: options.continueAsNewAfterEvents }),
    ...(options.state === undefined ? {} : { state: options.state }),
  };
  const handle = await env.client.workflow.start<typeof migrateCluster>(messages.MIGRATE_CLUSTER, {
    workflowId,
    taskQueue: QUEUES.main,
    args: [input],
  });
  const ask = (): Promise<StatusView> =>
    env.connection.withDeadline(Date.now() + 3_000, () =>
      askAgain(() => handle.query(messages.statusQuery)),
    );
  return {
    handle,
    world,
    plan,
    called: registered.called,
    before,
    singletonsAt,
    hold: (name) => {
      const { reached, release } = holdNext(registered, name);
      const missed = handle.result().then(({ outcome, reason }) => {
        throw new Error(`ended as ${outcome} before ${name}: ${reason}`);
      });
      const awaited = Promise.race([reached, missed]);
      void awaited.catch(() => undefined);
      return { reached: awaited, release };
    },
    failNext: (name, cause, times = 1) => {
      registered.faults.push({ name, left: times, cause });
    },
    // A machine that is full does not answer every question within a second.
    status: async () => waitUntil(ask, { what: 'its status', timeoutMs: 20_000, intervalMs: 40 }),
    until: async (what, fits, timeoutMs = 60_000) => {
      const view = await waitUntil(
        async () => {
          const now = await ask();
          return fits(now) || now.outcome !== null ? now : undefined;
        },
        { what, timeoutMs, intervalMs: 40 },
      );
      if (!fits(view))
        throw new Error(`ended as ${view.outcome}, waiting for ${what}: ${view.stop?.reason}`);
      return view;
    },
    send: (verb, message = {}) =>
      sendUpdate(handle, verb, { id: randomUUID(), by: 'ada', ...message }),
  };
}

/** Updates are retried with the same id when the run moved to a new execution under them, as clients must. */
export async function sendUpdate(handle: Handle, verb: Verb, message: Message): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await handle.executeUpdate(UPDATES[verb], { args: [message], updateId: message.id });
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal !== null) return { accepted: false, message: refusal };
      if (attempt >= 100 || !isGone(cause)) throw cause;
      await delay(Math.min(attempt, 10) * 10);
    }
  }
}

const UPDATES = {
  approve: messages.approveUpdate,
  reject: messages.rejectUpdate,
  pause: messages.pauseUpdate,
  resume: messages.resumeUpdate,
  amend: messages.amendUpdate,
  rollback: messages.rollbackUpdate,
  abort: messages.abortUpdate,
} as const;

function refusalOf(cause: unknown): string | null {
  if (!(cause instanceof Error) || !(cause.cause instanceof Error)) return null;
  return Reflect.get(cause.cause, 'type') === messages.REFUSED ? cause.cause.message : null;
}

/** The execution closed under the update (continue-as-new): gRPC NOT_FOUND, FAILED_PRECONDITION, ABORTED, UNAVAILABLE. */
function isGone(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code: unknown = Reflect.get(cause.cause ?? cause, 'code') ?? Reflect.get(cause, 'code');
  return typeof code === 'number' && [5, 9, 10, 14].includes(code);
}

function holdNext(
  registered: Registered,
  name: ActivityName,
): { readonly reached: Promise<void>; readonly release: () => void } {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  registered.holds.set(name, { reached: reach, released });
  return { reached, release };
}

/** Activities that find the world of the migration they are called for. */
function dispatching(registry: ReadonlyMap<string, Registered>): MigrationActivities {
  const names = Object.keys(createActivities(createFakeWorld().ports, QUICK_TIMINGS));
  const entries = names.map((name) => [
    name,
    async (input: { readonly ref: { readonly workflowId: string } }): Promise<unknown> => {
      const registered = registry.get(input.ref.workflowId);
      if (registered === undefined || !isActivity(registered.activities, name))
        throw new Error(`no world for ${input.ref.workflowId}`);
      registered.called.push(name);
      const held = registered.holds.get(name);
      if (held !== undefined) {
        registered.holds.delete(name);
        held.reached();
        await held.released;
      }
      const fault = registered.faults.find((one) => one.name === name && one.left > 0);
      if (fault !== undefined) {
        fault.left -= 1;
        throw fault.cause;
      }
      const call: (argument: never) => Promise<unknown> = registered.activities[name];
      return Reflect.apply(call, registered.activities, [input]);
    },
  ]);
  const activities: unknown = Object.fromEntries(entries);
  if (!isActivities(activities, names)) throw new Error('activities are missing');
  return activities;
}

function isActivity(activities: MigrationActivities, name: string): name is ActivityName {
  return Object.hasOwn(activities, name);
}

function isActivities(value: unknown, names: readonly string[]): value is MigrationActivities {
  return (
    typeof value === 'object' && value !== null && names.every((name) => Object.hasOwn(value, name))
  );
}

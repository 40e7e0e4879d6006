/**
 * Old and new builds of the worker, one after the other and side by side, on a real server (I12). Unversioned runs go on with
 * whatever build is there, by replay. Pinned runs stay with their build until a checkpoint, and move there.
 */
import { pino } from 'pino';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { runCommand } from '#sandbox/tools/run-command.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { beforePatches, patchesIn, tomorrow, withoutGuards } from '#test/support/other-builds.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import {
  startHarness,
  type Crew,
  type Harness,
  type TestMigration,
} from '#test/workflows/harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from '#test/workflows/walk.ts';
import { wakeRunsWhenCurrent } from '#workers/wake-runs.ts';
import { wakeSignal } from '#workflows/messages.ts';

const { code: today } = await workflowBundle();
const yesterday = beforePatches(today);

/** `temporal.api.enums.v1.WorkflowTaskFailedCause` */
const NON_DETERMINISTIC = 24;
/** Something was said in the moment in which the run moved: the task is done again, as it should be. */
const UNHANDLED_COMMAND = 1;

/** What went wrong in the workflow tasks of all executions, and how many patches the first one knew. */
async function tasksOf({ handle }: TestMigration, harness: Harness) {
  const failures: number[] = [];
  let patches = 0;
  let runId: string | null | undefined = handle.firstExecutionRunId;
  for (let execution = 1; runId; execution += 1) {
    const { workflow } = harness.env.client;
    const { events } = await workflow.getHandle(handle.workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const { workflowTaskFailedEventAttributes: failed, markerRecordedEventAttributes } = event;
      if (failed && Number(failed.cause) !== UNHANDLED_COMMAND) failures.push(Number(failed.cause));
      if (markerRecordedEventAttributes && execution === 1) patches += 1;
    }
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return { failures, patches };
}

describe('an unversioned run', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness('real', [], null);
  }, TIMEOUT_MS);
  afterAll(() => harness.stop());

  // One after the other: all builds poll the same queues.
  it(
    'that an old build began goes on with the new one, by replay, in the middle of what it was at',
    async () => {
      const old = await harness.startWorkers({ code: yesterday });
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      await old.stop();
      const fresh = await harness.startWorkers({ code: today });
      await approveGates(migration);

      expect(await migration.handle.result()).toMatchObject({ outcome: 'completed' });
      const { failures, patches } = await tasksOf(migration, harness);
      expect(failures).toEqual([]);
      // Most of the changes since came before the deploy, and stay unmade.
      expect(patches).toBeLessThan(patchesIn(today).length / 2);
      await fresh.stop();
    },
    2 * TIMEOUT_MS,
  );

  it(
    'stands still with a bad build, and goes on when the build before is back',
    async () => {
      const old = await harness.startWorkers({ code: yesterday });
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      await old.stop();
      const bad = await harness.startWorkers({ code: withoutGuards(today) });
      await migration.handle.signal(wakeSignal);
      await waitUntil(
        async () => (await tasksOf(migration, harness)).failures.includes(NON_DETERMINISTIC),
        { what: 'a task that fails', timeoutMs: TIMEOUT_MS, intervalMs: 200 },
      );
      await bad.stop();
      const good = await harness.startWorkers({ code: yesterday });
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      await good.stop();
    },
    2 * TIMEOUT_MS,
  );
});

describe('a pinned run', () => {
  let harness: Harness;
  let temporal: string;
  beforeAll(async () => {
    temporal = (await ensureTools(['temporal'])).path('temporal');
    harness = await startHarness('real', [], { code: yesterday, buildId: 'b1' });
    await makeCurrent('b1');
  }, TIMEOUT_MS);
  afterAll(() => harness.stop());

  /** As the runbook says it. */
  async function makeCurrent(buildId: string): Promise<void> {
    const command = ['worker', 'deployment', 'set-current-version', '--yes'];
    const version = ['--deployment-name', 'cutover', '--build-id', buildId];
    const args = [...command, ...version, '--address', harness.env.address];
    await waitUntil(
      async () =>
        runCommand(temporal, args, { timeoutMs: 30_000 }).then(
          () => true,
          () => undefined,
        ),
      { what: `build ${buildId} to be known`, timeoutMs: TIMEOUT_MS, intervalMs: 300 },
    );
  }

  /** Does what the worker program does beside its queues, until the run is on its build. */
  async function wake(buildId: string, migration: TestMigration): Promise<void> {
    const ended = new AbortController();
    const waking = wakeRunsWhenCurrent({
      access: { service: harness.env.nativeConnection.workflowService, namespace: 'default' },
      deployment: { name: 'cutover', buildId },
      identity: buildId,
      logger: pino({ level: 'silent' }),
      everyMs: 100,
      signal: ended.signal,
    });
    try {
      await waitUntil(async () => (await buildOf(migration)) === buildId, {
        what: `the run on ${buildId}`,
        timeoutMs: TIMEOUT_MS,
        intervalMs: 100,
      });
    } finally {
      ended.abort();
      await waking;
    }
  }

  async function buildOf({ handle }: TestMigration): Promise<string | undefined> {
    const { raw } = await harness.env.client.workflow.getHandle(handle.workflowId).describe();
    const { versioningInfo } = raw.workflowExecutionInfo ?? {};
    return versioningInfo?.deploymentVersion?.buildId ?? undefined;
  }

  /** Deploys a build beside those that are there, and makes it the current one. */
  async function deploy(buildId: string, code: string): Promise<Crew> {
    const crew = await harness.startWorkers({ code, buildId });
    await makeCurrent(buildId);
    return crew;
  }

  it(
    'stays with its build while it waits, moves when it is woken, at every gate and also twice at the same one, and back again',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      await deploy('b2', today);
      expect(await buildOf(migration)).toBe('b1');

      await wake('b2', migration);
      // Nothing has changed but the build: a run that waits is not left behind by the second deploy.
      await deploy('b3', tomorrow(today));
      await wake('b3', migration);
      // The build was a bad one: the one before becomes current again.
      await makeCurrent('b2');
      await wake('b2', migration);

      await reachGate(migration, 'retire');
      await makeCurrent('b3');
      await wake('b3', migration);
      const guarded = await migration.status();
      await approveGates(migration);

      expect(guarded.greenWeightPercent).toBe(100);
      expect((await migration.handle.result()).outcome).toBe('completed');
      expect((await tasksOf(migration, harness)).failures).toEqual([]);
    },
    4 * TIMEOUT_MS,
  );

  it(
    'moves by itself at its next checkpoint, when a deploy comes while it works',
    async () => {
      await makeCurrent('b2');
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      expect(await buildOf(migration)).toBe('b2');
      await makeCurrent('b3');
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(await buildOf(migration)).toBe('b3');
      expect((await tasksOf(migration, harness)).failures).toEqual([]);
    },
    2 * TIMEOUT_MS,
  );
});

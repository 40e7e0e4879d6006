/**
 * `npm run record-histories`: runs a migration on each path of the story and writes down what Temporal keeps of it, for
 * the version in package.json; compressed, because inputs repeat the plan in every activity, and with stack traces from
 * the root of the checkout. Once a version is released its recordings stay as they are: a run begun with it must still
 * replay (I12). Recording again before the release replaces them.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { startHarness, type StartOptions, type TestMigration } from '#test/workflows/harness.ts';
import { judgedPlan } from '#test/workflows/judged-plan.ts';
import { approveGates, reachGate } from '#test/workflows/walk.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Story {
  readonly name: string;
  readonly options?: StartOptions;
  readonly tell: (migration: TestMigration) => Promise<void>;
}

const STORIES: readonly Story[] = [
  { name: 'completed', tell: approveGates },
  { name: 'moved', options: { continueAsNewAfterEvents: 70 }, tell: approveGates },
  {
    name: 'rolled-back-by-the-guard',
    tell: async (migration) => {
      await reachGate(migration, 'retire');
      migration.world.breakGreen(0.5);
    },
  },
  {
    name: 'rejected',
    tell: async (migration) => {
      await reachGate(migration, 'shift');
      await migration.send('reject', { gate: 'shift', reason: 'not today' });
    },
  },
  {
    name: 'rolled-back-on-request',
    options: { plan: fakePlan({ rollback: { green: 'delete' } }) },
    tell: async (migration) => {
      const write = migration.hold('handOverSingletons');
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await write.reached;
      await migration.send('rollback', { reason: 'asked for' });
      write.release();
    },
  },
  {
    name: 'paused-halted-and-forced',
    tell: async (migration) => {
      const look = migration.hold('verifyShare');
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await look.reached;
      await migration.send('pause');
      migration.world.setHealthyTargets('blue', 0);
      look.release();
      await migration.send('resume');
      await migration.send('rollback', { reason: 'asked for' });
      await migration.until('the halt', ({ halted }) => halted !== null);
      await migration.send('rollback', { force: true, reason: 'green is worse' });
    },
  },
  { name: 'judged', options: { plan: judgedPlan(1) }, tell: approveGates },
  {
    name: 'edited-by-somebody',
    options: { plan: judgedPlan(2) },
    tell: async (migration) => {
      const judge = migration.hold('judgeStep');
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await judge.reached;
      for (const rule of migration.world.loadBalancer.rules)
        migration.world.loadBalancer.meddle(rule.blueTargetGroupArn, [
          { arn: rule.blueTargetGroupArn, weight: 1 },
          { arn: rule.greenTargetGroupArn, weight: 9 },
        ]);
      await migration.until('the halt', ({ halted }) => halted !== null);
      judge.release();
      await migration.send('resume');
      await approveGates(migration);
    },
  },
  {
    name: 'cancelled',
    tell: async (migration) => {
      await reachGate(migration, 'retire');
      await migration.handle.cancel();
    },
  },
  {
    name: 'failed',
    tell: async (migration) => {
      migration.failNext('smokeTest', new TypeError('a defect'));
    },
  },
  {
    name: 'blocked',
    options: { prepare: (world) => world.setHealthyTargets('blue', 0) },
    tell: async () => undefined,
  },
];

await record();

async function record(): Promise<void> {
  const folder = new URL(`histories/v${await minorVersion()}/`, import.meta.url);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const harness = await startHarness();
  try {
    for (const { name, options, tell } of STORIES) {
      const migration = await harness.start(options);
      const telling = tell(migration);
      const { outcome } = await migration.handle.result();
      await telling;
      const executions = await histories(migration);
      for (const [index, json] of executions.entries()) {
        const part = executions.length === 1 ? '' : `-${index + 1}`;
        await writeFile(new URL(`${name}${part}.json.gz`, folder), gzipSync(json));
      }
      process.stdout.write(`${name}: ${outcome}, ${executions.length} execution(s)\n`);
    }
  } finally {
    await harness.stop();
  }

  /** Every execution of the run, oldest first. */
  async function histories({ handle }: TestMigration): Promise<readonly string[]> {
    const found: string[] = [];
    let runId: string | null | undefined = handle.firstExecutionRunId;
    while (runId) {
      const { workflow } = harness.env.client;
      const history = await workflow.getHandle(handle.workflowId, runId).fetchHistory();
      found.push(historyToJSON(history).replaceAll(ROOT, ''));
      runId =
        history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    }
    return found;
  }
}

async function minorVersion(): Promise<string> {
  const text = await readFile(`${ROOT}package.json`, 'utf8');
  const { version }: { readonly version: string } = JSON.parse(text);
  return version.split('.').slice(0, 2).join('.');
}

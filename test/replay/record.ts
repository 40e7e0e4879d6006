/**
 * `npm run record-histories [-- NAME…]`: runs a migration on each path of the story and writes down what Temporal keeps of it, for
 * the version in package.json; compressed, because inputs repeat the plan in every activity, and with stack traces from
 * the root of the checkout. Once a version is released its recordings stay as they are: a run begun with it must still
 * replay (I12). Recording again before the release replaces them; with names, only those, and the others stay.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  FAKE_PROBED_ADDONS,
  fakeIngressRoute,
  fakeNlbRoute,
  fakePlan,
  fakeRoute,
} from '#test/fakes/fake-plan.ts';
import { stick } from '#test/fakes/fake-rule.ts';
import { startHarness, type StartOptions, type TestMigration } from '#test/workflows/harness.ts';
import { judgedPlan } from '#test/workflows/judged-plan.ts';
import { approveGates, reachGate } from '#test/workflows/walk.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Story {
  readonly name: string;
  readonly options?: StartOptions;
  readonly tell: (migration: TestMigration) => Promise<void>;
}

/** The fake plan with these steps on one route. */
function planWith(
  steps: readonly number[],
  route: ReturnType<typeof fakePlan>['spec']['traffic']['groups'][number]['routes'][number],
): ReturnType<typeof fakePlan> {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, steps: [...steps], routes: [route] }));
  return fakePlan({ traffic: { ...traffic, groups } });
}

const STORIES: readonly Story[] = [
  { name: 'completed', tell: approveGates },
  {
    name: 'add-ons-asked',
    options: { plan: fakePlan({ addons: FAKE_PROBED_ADDONS }) },
    tell: approveGates,
  },
  {
    name: 'roles-left-to-their-owners',
    options: { plan: fakePlan({ identity: { trustPolicies: 'leave' } }) },
    tell: approveGates,
  },
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
    name: 'halted-and-repaired',
    tell: async (migration) => {
      await reachGate(migration, 'retire');
      migration.world.setHealthyTargets('blue', 0);
      await migration.send('rollback', { reason: 'asked for' });
      await migration.until('the halt', ({ halted }) => halted !== null);
      migration.world.setHealthyTargets('blue', 3);
      await migration.send('resume');
    },
  },
  {
    name: 'amended',
    tell: async (migration) => {
      await reachGate(migration, 'shift');
      const changes = { traffic: { groups: { storefront: { steps: [20, 100] } } } };
      await migration.send('amend', { reason: 'the week is short', changes });
      await approveGates(migration);
    },
  },
  {
    name: 'asked-at-every-step',
    options: { plan: planWith([50, 100], fakeNlbRoute('web')) },
    tell: async (migration) => {
      await reachGate(migration, 'shift');
      await migration.send('approve');
      for (const percent of [50, 100]) {
        await migration.until('the question', ({ halted }) =>
          (halted ?? '').includes(`about ${percent} % of new users`),
        );
        await migration.send('resume');
      }
      await approveGates(migration);
    },
  },
  {
    name: 'at-blues-own-door',
    options: { plan: planWith([50, 100], fakeIngressRoute('web')) },
    tell: async (migration) => {
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await migration.until('the halt', ({ halted }) => halted !== null);
      await migration.send('abort', { reason: 'blue stays' });
    },
  },
  {
    name: 'keeps-blue',
    options: { plan: fakePlan({ soak: { forSeconds: 0.3, keepBluePercent: 10 } }) },
    tell: approveGates,
  },
  {
    name: 'sticky',
    options: {
      plan: planWith([50, 100], { ...fakeRoute('web'), acceptSticky: true }),
      prepare: ({ loadBalancer }) => {
        for (const rule of loadBalancer.rules) stick(rule, 0.3);
      },
    },
    tell: async (migration) => {
      await reachGate(migration, 'retire');
      await migration.send('rollback', { reason: 'asked for' });
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

await record(process.argv.slice(2));

async function record(names: readonly string[]): Promise<void> {
  const folder = new URL(`histories/v${await minorVersion()}/`, import.meta.url);
  const unknown = names.filter((one) => !STORIES.some(({ name }) => name === one));
  if (unknown.length > 0) throw new Error(`there is no story ${unknown.join(', ')}`);
  if (names.length === 0) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const harness = await startHarness();
  try {
    for (const { name, options, tell } of STORIES) {
      if (names.length > 0 && !names.includes(name)) continue;
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

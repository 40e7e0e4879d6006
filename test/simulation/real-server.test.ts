/**
 * The simulated server against a real one: the same plan, the same workflow and activities, a rollback asked for at the same
 * moment. Both must end alike, and call the same activities.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '#sandbox/tools/run-command.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import { startHarness, type ActivityName, type Harness } from '#test/workflows/harness.ts';
import { approveGates, TIMEOUT_MS } from '#test/workflows/walk.ts';
import { ALIKE_PLANS } from './alike-plans.ts';

const PROGRAM = fileURLToPath(new URL('alike-program.ts', import.meta.url));

interface Ending {
  readonly outcome: string | null;
  /** Called at least once; the guard and notices run beside the story. */
  readonly activities: readonly string[];
}

type Case = readonly [keyof typeof ALIKE_PLANS, ActivityName | null];

const CASES: readonly Case[] = [
  ['keep', null],
  ['keep', 'createGreen'],
  ['delete', 'awaitWorkloads'],
  ['keep', 'installAddons'],
  ['delete', 'rehearseRollback'],
  ['keep', 'verifyShare'],
  ['keep', 'handOverSingletons'],
  ['delete', 'proveBlueIdle'],
  ['keep', 'releaseBlue'],
];

let harness: Harness;
let simulated: readonly Ending[];

beforeAll(async () => {
  harness = await startHarness();
  simulated = await inSimulation();
}, TIMEOUT_MS);
afterAll(() => harness.stop());

async function inSimulation(): Promise<readonly Ending[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-alike-'));
  try {
    const bundle = join(folder, 'workflows.js');
    await writeFile(bundle, (await workflowBundle()).code);
    const pairs = CASES.map(([plan, at]) => `${plan}:${at ?? '-'}`);
    const report = join(folder, 'report.json');
    await runCommand(process.execPath, [PROGRAM, bundle, report, ...pairs], {
      timeoutMs: TIMEOUT_MS,
    });
    const told: readonly {
      readonly outcome: string | null;
      readonly violation: unknown;
      readonly called: readonly string[];
    }[] = JSON.parse(await readFile(report, 'utf8'));
    expect(told.map(({ violation }) => violation)).toEqual(CASES.map(() => null));
    return told.map((one) => ({ outcome: one.outcome, activities: called(one.called) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onRealServer([plan, at]: Case): Promise<Ending> {
  const migration = await harness.start({ plan: ALIKE_PLANS[plan] });
  const hold = at === null ? null : migration.hold(at);
  const approving = approveGates(migration);
  if (hold !== null) {
    await hold.reached;
    await migration.send('rollback', { reason: 'test' });
    hold.release();
  }
  const { outcome } = await migration.handle.result();
  await approving;
  return { outcome, activities: called(migration.called) };
}

function called(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
    .filter((name) => name !== 'guardTraffic' && name !== 'tellPeople')
    .toSorted();
}

describe('a story on a real server ends as in the simulation', () => {
  it.concurrent.each(CASES.map(([plan, at], index) => [plan, at, index] as const))(
    'green: %s, a rollback at %s',
    async (plan, at, index) => {
      expect(simulated[index]).toEqual(await onRealServer([plan, at]));
    },
    TIMEOUT_MS,
  );
});

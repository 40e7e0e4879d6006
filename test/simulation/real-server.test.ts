/**
 * The simulated server against a real one: the same plan, the same workflow and activities, the same word said at the same
 * moment. Both must end alike, and call the same activities. `CUTOVER_ALIKE=100 npm test -- test/simulation/real-server.test.ts`
 * draws a hundred cases in the place of those that are always told.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activityNames } from '#simulation/activity-names.ts';
import { Random } from '#simulation/random.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { runCommand } from '#sandbox/tools/run-command.ts';
import { workflowBundle } from '#test/support/workflow-bundle.ts';
import {
  startHarness,
  type ActivityName,
  type Harness,
  type TestMigration,
} from '#test/workflows/harness.ts';
import { approveGates, TIMEOUT_MS } from '#test/workflows/walk.ts';
import { ALIKE_PLANS } from './alike-plans.ts';

const PROGRAM = fileURLToPath(new URL('alike-program.ts', import.meta.url));

interface Ending {
  readonly outcome: string | null;
  /** Called at least once; the guard and notices run beside the story. */
  readonly activities: readonly string[];
}

/**
 * What runs beside the story; and what undoes a smoke test, which may end before it hears that nobody waits for it any more.
 */
const BESIDE: ReadonlySet<string> = new Set(['guardTraffic', 'tellPeople', 'closeSmokeDoors']);

type PlanName = keyof typeof ALIKE_PLANS;
const WORDS = ['rollback', 'abort', 'cancel'] as const;
/** What is said, and while which activity is under way; null: nothing. */
type Case = readonly [PlanName, { readonly word: Word; readonly at: ActivityName } | null];
type Word = (typeof WORDS)[number];

const ALWAYS: readonly Case[] = [
  ['keep', null],
  ['keep', { word: 'rollback', at: 'createGreen' }],
  ['delete', { word: 'abort', at: 'awaitWorkloads' }],
  ['keep', { word: 'cancel', at: 'installAddons' }],
  ['delete', { word: 'rollback', at: 'rehearseRollback' }],
  ['keep', { word: 'rollback', at: 'verifyShare' }],
  ['keep', { word: 'abort', at: 'handOverSingletons' }],
  ['delete', { word: 'cancel', at: 'proveBlueIdle' }],
  ['keep', { word: 'rollback', at: 'releaseBlue' }],
];
const CASES = process.env['CUTOVER_ALIKE'] === undefined ? ALWAYS : await draw();

/** So many of all words at all activities of an undisturbed story, with either plan. */
async function draw(): Promise<readonly Case[]> {
  const [undisturbed] = await inSimulation([['keep', null]]);
  const names = activityNames().filter((name) => undisturbed?.activities.includes(name));
  const all = (['keep', 'delete'] as const).flatMap((plan) =>
    names.flatMap((at) => WORDS.map((word): Case => [plan, { word, at }])),
  );
  const random = new Random(1);
  return all
    .map((one) => ({ one, turn: random.unit() }))
    .toSorted((a, b) => a.turn - b.turn)
    .slice(0, Number(process.env['CUTOVER_ALIKE']))
    .map(({ one }) => one);
}

let harness: Harness;
let simulated: readonly Ending[];

beforeAll(async () => {
  harness = await startHarness();
  simulated = await inSimulation(CASES);
}, TIMEOUT_MS);
afterAll(() => harness.stop());

async function inSimulation(cases: readonly Case[]): Promise<readonly Ending[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-alike-'));
  try {
    const bundle = join(folder, 'workflows.js');
    await writeFile(bundle, (await workflowBundle()).code);
    const told = cases.map(([plan, said]) =>
      said === null ? plan : `${plan}:${said.at}:${said.word}`,
    );
    const report = join(folder, 'report.json');
    await runCommand(process.execPath, [PROGRAM, bundle, report, ...told], {
      timeoutMs: TIMEOUT_MS,
    });
    const endings: readonly {
      readonly outcome: string | null;
      readonly violation: unknown;
      readonly called: readonly string[];
    }[] = JSON.parse(await readFile(report, 'utf8'));
    const violations = endings.map(({ violation }) => violation).filter(Boolean);
    if (violations.length > 0) throw new Error(JSON.stringify(violations));
    return endings.map((one) => ({ outcome: one.outcome, activities: called(one.called) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onRealServer([plan, said]: Case): Promise<Ending> {
  const migration = await harness.start({ plan: ALIKE_PLANS[plan] });
  const hold = said === null ? null : migration.hold(said.at);
  const approving = approveGates(migration);
  if (said !== null && hold !== null) {
    await hold.reached;
    if (said.word === 'cancel') {
      await migration.handle.cancel();
      await heard(migration);
    }
    if (said.word !== 'cancel') await migration.send(said.word, { reason: 'test' });
    hold.release();
  }
  const { outcome } = await migration.handle.result();
  await approving;
  return { outcome, activities: called(migration.called) };
}

/** The workflow has been told of its cancellation. */
async function heard({ handle }: TestMigration): Promise<void> {
  await waitUntil(
    async () => {
      const { events } = await handle.fetchHistory();
      const all = events ?? [];
      const asked = all.findIndex((one) => one.workflowExecutionCancelRequestedEventAttributes);
      return all.slice(asked).some((one) => one.workflowTaskCompletedEventAttributes);
    },
    { what: 'the cancellation to be heard', timeoutMs: TIMEOUT_MS },
  );
}

function called(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => !BESIDE.has(name)).toSorted();
}

describe('a story on a real server ends as in the simulation', () => {
  it.concurrent.each(
    CASES.map(
      (one, index) =>
        [
          one[0],
          one[1] === null ? 'nothing' : `${one[1].word} at ${one[1].at}`,
          index,
          one,
        ] as const,
    ),
  )(
    'green: %s, said: %s',
    async (_, __, index, one) => {
      expect(simulated[index]).toEqual(await onRealServer(one));
    },
    TIMEOUT_MS,
  );
});

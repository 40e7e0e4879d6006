/** Far more than anybody sends or owns: messages by the thousand, routes by the hundred. */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

// The server asks for a fresh history sixteen times as early as usual, so that fewer messages show the same.
const harness = await startHarness('real', ['limit.historyCount.suggestContinueAsNew=256']);
afterAll(() => harness.stop());

/** `CUTOVER_SIGNALS=10000` sends as many as one execution takes at all. */
const SIGNALS = Number(process.env['CUTOVER_SIGNALS'] ?? 480);
/** `CUTOVER_RULES=500` moves as many services at once. */
const RULES = Number(process.env['CUTOVER_RULES'] ?? 200);
/** Three of eight are no message at all and three are refused where the retire gate is not open, see `signal`. */
const REFUSED = (SIGNALS / 8) * 6;
/** The server holds at most 100 messages back while a task is under way, and fails the task then. */
const AT_ONCE = 20;

/** What shells, scripts and the UI send by mistake, and a few that mean something. */
function signal(index: number): readonly [verb: string, body: unknown] {
  const id = `crowd-${index}`;
  const said: readonly (readonly [string, unknown])[] = [
    ['pause', { id, by: 'ada', reason: 'a'.repeat(1_900) }],
    ['resume', { id, by: 'ada' }],
    ['approve', { id, by: 'eve', gate: 'retire' }],
    ['reject', 'no'],
    ['rollback', { id: 'a b', by: 'eve' }],
    ['abort', null],
    ['amend', { id, by: 'eve', reason: 'why', changes: { traffic: { groups: { nobody: {} } } } }],
    ['approve', { id: 'once', by: 'eve', gate: 'retire' }],
  ];
  return said[index % said.length] ?? ['resume', { id, by: 'ada' }];
}

/** Everybody shouts, many at once and in no order; the last word is one. */
async function crowd({ handle }: TestMigration, lastWord: 'pause' | 'resume'): Promise<void> {
  for (let from = 0; from < SIGNALS; from += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const [verb, body] = signal(from + index);
        await handle.signal(verb, body);
      }),
    );
  await handle.signal(lastWord, { id: 'last-word', by: 'ada' });
}

/** Waits until the run goes on with a history of its own. */
async function moved({ handle }: TestMigration): Promise<void> {
  await waitUntil(async () => (await handle.describe()).runId !== handle.firstExecutionRunId, {
    what: 'the run to move on',
    timeoutMs: TIMEOUT_MS,
    intervalMs: 200,
  });
}

/** As many as one group of a plan may have. */
const GROUP_RULES = 250;

function planOf(routes: number): MigrationPlan {
  const { traffic } = fakePlan().spec;
  const [group] = traffic.groups;
  const all = Array.from({ length: routes }, (_, index) => fakeRoute(`route-${index}`));
  return fakePlan({
    // Two hundred writes in turn take longer than a source of this small world may be silent.
    analysis: { ...fakePlan().spec.analysis, missingDataSeconds: 60 },
    traffic: {
      ...traffic,
      groups:
        group === undefined
          ? []
          : Array.from({ length: Math.ceil(routes / GROUP_RULES) }, (_, index) => ({
              ...group,
              name: `${group.name}-${index + 1}`,
              steps: [50, 100],
              routes: all.slice(index * GROUP_RULES, (index + 1) * GROUP_RULES),
            })),
    },
  });
}

describe('a crowd', () => {
  it.concurrent(
    'of signals, right and wrong, neither stops a run that waits for people nor makes it forget',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      await crowd(migration, 'resume');
      const status = await migration.until(
        'all of them read',
        ({ malformedSignals, paused }) => malformedSignals >= REFUSED && paused === null,
        2 * TIMEOUT_MS,
      );
      await migration.until('its gate', ({ activity }) => activity === 'gate:shift');
      await moved(migration);
      await approveGates(migration);

      expect(status.malformedSignals).toBeGreaterThanOrEqual(REFUSED);
      expect(status.stop).toBeNull();
      expect((await migration.handle.result()).outcome).toBe('completed');
    },
    5 * TIMEOUT_MS,
  );

  it.concurrent(
    'of signals does not keep a paused run with users on green from its guard',
    async () => {
      const { traffic } = fakePlan().spec;
      const groups = traffic.groups.map((group) => ({ ...group, bakeSeconds: 600 }));
      const migration = await harness.start({
        plan: fakePlan({ traffic: { ...traffic, groups } }),
      });
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await migration.until(
        'users on green, seen',
        ({ steps: [first] }) => (first?.observedPercent ?? null) !== null,
      );
      await crowd(migration, 'pause');
      await migration.until(
        'all of them read',
        ({ malformedSignals, paused }) => malformedSignals >= REFUSED && paused !== null,
        2 * TIMEOUT_MS,
      );
      await moved(migration);
      migration.world.breakGreen(0.5);

      expect((await migration.handle.result()).outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    5 * TIMEOUT_MS,
  );

  it.concurrent(
    `of ${RULES} rules moves together, and goes back together`,
    async () => {
      const migration = await harness.start({ plan: planOf(RULES) });
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await migration.until(
        'half of the users on green, seen',
        ({ steps: [first] }) => (first?.observedPercent ?? null) !== null,
        2 * TIMEOUT_MS,
      );
      migration.world.breakGreen(0.5);
      const { outcome } = await migration.handle.result();
      const { historySize = 0 } = await migration.handle.describe();

      expect(outcome).toBe('rolled-back');
      expectEverythingBack(migration);
      // Temporal warns at 10 MB, and ends a run at 50 MB.
      expect(historySize).toBeLessThan(10 * 1024 * 1024);
    },
    5 * TIMEOUT_MS,
  );
});

/** Another plan while the migration runs: what lies ahead changes, what was done stays, and everybody can see who wanted it. */
import { askAgain } from '#clients/temporal/ask-again.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import * as messages from '#workflows/messages.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

const WHY = { reason: 'the week is short' };
const GROUP = 'storefront';

function patient(spec: Partial<MigrationPlan['spec']> = {}): MigrationPlan {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, bakeSeconds: 600 }));
  return fakePlan({ traffic: { ...traffic, groups }, ...spec });
}

/** Green at 5 %, seen, in a bake longer than any test. */
async function baking(plan = patient()): Promise<TestMigration> {
  const migration = await harness.start({ plan });
  await reachGate(migration, 'shift');
  await migration.send('approve');
  await migration.until(
    'green at 5 %, seen',
    ({ steps: [first] }) => (first?.observedPercent ?? null) !== null,
  );
  return migration;
}

const looser = (max: number) => ({
  analysis: {
    guardrails: [{ metric: 'error-rate', from: 'app', max, minRequests: 50 } as const],
  },
});

describe('an amendment', () => {
  it.concurrent(
    'ends a bake that is under way, replaces the steps ahead, and leaves what was done',
    async () => {
      const migration = await baking();
      const changes = { traffic: { groups: { [GROUP]: { steps: [20, 100], bakeSeconds: 1 } } } };

      const answer = await migration.send('amend', { ...WHY, changes });
      await approveGates(migration);

      expect(answer).toEqual({
        accepted: true,
        message:
          'amended: group storefront, steps: 5, 50, 100 % → 5, 20, 100 %; group storefront, bake: 10m → 1s',
      });
      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 5, 20, 100]);
      const { decisions } = await migration.status();
      expect(decisions.find(({ verb }) => verb === 'amend')).toMatchObject({
        by: 'ada',
        reason: 'the week is short',
        diff: [expect.stringContaining('steps'), expect.stringContaining('bake')],
      });
      const told = migration.world.notices.map(({ notice }) => notice);
      expect(told.find(({ event }) => event === 'plan-amended')?.text).toContain('ada: amended');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'reaches the guard: a limit that was loosened lets green be, one that was tightened brings users back',
    async () => {
      const migration = await baking();
      const guards = (): number =>
        migration.called.filter((name) => name === 'guardTraffic').length;
      const before = guards();
      await migration.send('amend', { ...WHY, changes: looser(90) });
      await migration.until('another guard', () => guards() > before);

      migration.world.breakGreen(0.3);
      const halfway = guards();
      await migration.send('amend', { ...WHY, changes: looser(80) });
      await migration.until('a guard that saw the errors', () => guards() > halfway);
      expect((await migration.status()).stop).toBeNull();

      await migration.send('amend', { ...WHY, changes: looser(2) });
      expect(await migration.handle.result()).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('the plan allows 2 %'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'made while a step waits for green puts another step in its place',
    async () => {
      const { analysis } = fakePlan().spec;
      // Without the guardrail that would bring users back before the step is asked for.
      const guardrails = analysis.guardrails.filter(({ metric }) => metric !== 'healthy-targets');
      const migration = await harness.start({
        plan: fakePlan({ analysis: { ...analysis, guardrails } }),
      });
      await reachGate(migration, 'shift');
      const first = migration.hold('verifyShare');
      await migration.send('approve');
      await first.reached;
      migration.world.setHealthyTargets('green', 0);
      first.release();
      await migration.until('the halt', ({ halted }) => halted !== null);

      migration.world.setHealthyTargets('green', null);
      const changes = { traffic: { groups: { [GROUP]: { steps: [30, 100] } } } };
      expect(await migration.send('amend', { ...WHY, changes })).toMatchObject({ accepted: true });
      await migration.send('resume');
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 5, 30, 100]);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'made while green’s ability is asked keeps a step that is no longer wanted from being taken',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const bake = migration.hold('verifyShare');
      await migration.send('approve');
      await bake.reached;
      const ability = migration.hold('checkAbility');
      bake.release();
      await ability.reached;
      const changes = { traffic: { groups: { [GROUP]: { steps: [10, 100] } } } };
      await migration.send('amend', { ...WHY, changes });
      ability.release();
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 5, 10, 100]);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'ends a soak that is under way, and goes with the run to its next execution',
    async () => {
      const migration = await harness.start({
        plan: fakePlan({ soak: { forSeconds: 600, keepBluePercent: 0 } }),
        continueAsNewAfterEvents: 30,
      });
      await reachGate(migration, 'shift');
      const steps = { traffic: { groups: { [GROUP]: { steps: [40, 100] } } } };
      await migration.send('amend', { ...WHY, changes: steps });
      await migration.send('approve', { gate: 'shift' });
      await migration.until('the soak', ({ activity }) => activity === 'soak');
      await migration.send('amend', { ...WHY, changes: { soak: { forSeconds: 1 } } });
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 40, 100]);
      const { plan, amendments } = await askAgain(() => migration.handle.query(messages.planQuery));
      expect(amendments).toBe(2);
      expect([plan.spec.soak.forSeconds, plan.spec.traffic.groups[0]?.steps]).toEqual([
        1,
        [40, 100],
      ]);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is shown before it is made, and changes nothing by that',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const ask = (changes: unknown) =>
        askAgain(() => migration.handle.query(messages.amendmentQuery, changes));

      expect(await ask({ soak: { forSeconds: 60 } })).toEqual({
        differences: [
          {
            path: 'soak.forSeconds',
            from: 0.2,
            to: 60,
            sentence: 'soak 200ms → 1m',
          },
        ],
        problems: [],
      });
      expect(await ask({ gates: { shift: { expiresSeconds: 60 } } })).toMatchObject({
        differences: [],
        problems: [{ path: 'gates.shift.expiresSeconds' }],
      });
      expect(await ask('faster')).toMatchObject({ problems: [{ path: 'changes' }] });
      expect(await askAgain(() => migration.handle.query(messages.planQuery))).toEqual({
        plan: migration.plan,
        amendments: 0,
      });
      await migration.send('abort');
      await migration.handle.result();
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is refused while the migration rolls back, and a signal that cannot be read is counted',
    async () => {
      const migration = await baking();
      await migration.handle.signal(messages.amendSignal, { id: '1', by: 'ada', changes: [] });
      await migration.until('the count', ({ malformedSignals }) => malformedSignals === 1);

      const back = migration.hold('setWeights');
      await migration.send('rollback', { reason: 'slow' });
      await back.reached;
      const late = await migration.send('amend', {
        ...WHY,
        changes: { soak: { forSeconds: 60 } },
      });
      back.release();

      expect(late).toEqual({
        accepted: false,
        message: expect.stringContaining('a migration that is rolling back'),
      });
      expect((await migration.handle.result()).outcome).toBe('rolled-back');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is refused after commit',
    async () => {
      const migration = await harness.start();
      const removal = migration.hold('releaseBlue');
      const gates = approveGates(migration);
      await removal.reached;
      const late = await migration.send('amend', {
        ...WHY,
        changes: { soak: { forSeconds: 60 } },
      });
      removal.release();
      await gates;

      expect(late).toEqual({
        accepted: false,
        message: expect.stringContaining('blue is being removed'),
      });
      expect((await migration.handle.result()).outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );
});

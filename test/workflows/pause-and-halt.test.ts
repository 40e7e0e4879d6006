/**
 * A pause stops new steps and bake clocks, never the guard; a halt is what happens where neither side is proven able
 * (I3) or data is missing (I4): weights stay, people are told and decide.
 */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, beforeFirstStep, reachGate, TIMEOUT_MS } from './walk.ts';

/** The fake plan with these steps and this bake. */
function stepping(steps: readonly number[], bakeSeconds: number): MigrationPlan {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, steps, bakeSeconds }));
  return fakePlan({ traffic: { ...traffic, groups } });
}

/** Starts a migration that bakes at 50 % for longer than the test lasts. */
async function bakingAtHalf(): Promise<TestMigration> {
  const migration = await harness.start({ plan: stepping([50, 100], 60) });
  await reachGate(migration, 'shift');
  await migration.send('approve');
  await migration.until(
    'green at 50 %, seen',
    ({ steps }) => steps[0]?.observedPercent !== undefined && steps[0].observedPercent !== null,
  );
  return migration;
}

/** The guard has looked this many times more. */
async function looks(migration: TestMigration, times: number): Promise<void> {
  const { calls } = migration.world;
  const before = calls.count('trafficMetrics.read');
  await migration.until(
    `${times} looks of the guard`,
    () => calls.count('trafficMetrics.read') >= before + times,
  );
}

function told(migration: TestMigration, event: string): readonly string[] {
  return migration.world.notices
    .filter(({ notice }) => notice.event === event)
    .map(({ notice }) => `${notice.text} → ${notice.command}`);
}

/** Nothing in what is said of a run that goes on is left of its halt. */
async function ends(migration: TestMigration) {
  const approving = approveGates(migration);
  const result = await migration.handle.result();
  await approving;
  return result;
}

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('a pause', () => {
  it.concurrent(
    'stops the bake clock and new steps while the guard goes on; resume goes on where it was',
    async () => {
      const migration = await harness.start({ plan: stepping([5, 100], 1) });
      await reachGate(migration, 'shift');
      const hold = migration.hold('verifyShare');
      await migration.send('approve');
      await hold.reached;
      const answer = await migration.send('pause', { reason: 'lunch' });
      hold.release();
      // 40 looks at 50 ms are longer than the bake.
      await looks(migration, 40);
      const paused = await migration.status();

      await migration.send('resume');
      const result = await ends(migration);

      expect(answer.accepted).toBe(true);
      expect(paused).toMatchObject({
        activity: 'shift',
        paused: { by: 'ada', reason: 'lunch' },
        greenWeightPercent: 5,
        steps: [{ doneAt: null, bakedSeconds: 0 }],
        commands: [expect.stringContaining('cutover resume')],
      });
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'in the middle of a bake keeps what was baked',
    async () => {
      const migration = await bakingAtHalf();

      await migration.send('pause');
      const paused = await migration.until(
        'the clock to stop',
        ({ steps }) => (steps[0]?.bakedSeconds ?? 0) > 0,
      );
      await looks(migration, 10);
      const later = await migration.status();
      await migration.send('abort');
      await migration.handle.result();

      expect(later.steps[0]?.bakedSeconds).toBe(paused.steps[0]?.bakedSeconds);
      expect(later.steps[0]?.bakedSeconds).toBeLessThan(60);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'leaves the guard its hand: a green that breaks while paused is rolled back (I1)',
    async () => {
      const migration = await bakingAtHalf();
      await migration.send('pause');

      migration.world.breakGreen(0.5);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('error-rate'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'before the first phase has ended holds the next one back',
    async () => {
      const migration = await harness.start();
      const hold = migration.hold('checkReadiness');
      await hold.reached;
      await migration.send('pause');
      hold.release();
      await migration.until('preflight', ({ phases }) => phases[0]?.status === 'done');

      const resumedAfter = [...migration.called];
      await migration.send('resume');
      const result = await ends(migration);

      expect(resumedAfter).not.toContain('createGreen');
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );
});

describe('a halt', () => {
  it.concurrent(
    'comes before a step that green is not able to take: weights unchanged, people told (I3)',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      migration.world.setHealthyTargets('green', 0);
      await migration.send('approve');
      const halted = await migration.until('the halt', ({ halted }) => halted !== null);
      await migration.until('people to be told', () => told(migration, 'halted').length > 0);
      const writes = migration.world.weightsWritten().length;

      migration.world.setHealthyTargets('green', null);
      const answer = await migration.send('resume');
      const result = await ends(migration);

      expect(halted).toMatchObject({ activity: 'halted', greenWeightPercent: 0 });
      expect(halted.halted).toContain('green is not able to take 1 %');
      expect(writes).toBe(0);
      expect(told(migration, 'halted')).toEqual([
        expect.stringMatching(/green is not able.* → cutover resume migrate\//u),
      ]);
      expect(answer.accepted).toBe(true);
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'comes again when resumed too early, and people hear of it again',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      migration.world.setHealthyTargets('green', 0);
      await migration.send('approve');
      await migration.until('the halt', ({ halted }) => halted !== null);

      await migration.send('resume');
      await migration.until('a second notice', () => told(migration, 'halted').length >= 2);
      const rolledBack = await migration.send('rollback', { reason: 'enough' });
      const result = await migration.handle.result();

      expect(rolledBack.accepted).toBe(true);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'comes when the requests of users do not follow the weight (I2)',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { go } = await beforeFirstStep(migration);
      migration.world.traffic.greenSurplusPercent.set(Date.now(), 30);
      go();
      const halted = await migration.until('the halt', ({ halted }) => halted !== null);

      migration.world.traffic.greenSurplusPercent.set(Date.now(), 0);
      await migration.send('resume');
      const result = await ends(migration);

      expect(halted.halted).toMatch(/requests show 3\d\.\d\d % on green where 5 % was set/u);
      expect(halted.greenWeightPercent).toBe(5);
      expect(result.outcome).toBe('completed');
      expect(result.steps[0]?.observed).toBeCloseTo(5, 1);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'comes when the data of both sides is missing, with the weights left alone; resume goes on (I4)',
    async () => {
      const migration = await bakingAtHalf();
      migration.world.silence('both');
      const halted = await migration.until('the halt', ({ halted }) => halted !== null);
      await migration.until('people to be told', () => told(migration, 'halted').length > 0);
      const baked = (await migration.status()).steps[0]?.bakedSeconds;

      migration.world.silence('none');
      await looks(migration, 30);
      const still = await migration.status();
      await migration.send('resume');
      const resumed = await migration.until('the shift', ({ activity }) => activity === 'shift');
      await migration.send('abort');
      const result = await migration.handle.result();

      expect(halted).toMatchObject({ activity: 'halted', greenWeightPercent: 50 });
      expect(told(migration, 'halted')).toEqual([expect.stringContaining('none of blue')]);
      expect(still).toMatchObject({ activity: 'halted', greenWeightPercent: 50 });
      expect(still.steps[0]?.bakedSeconds).toBe(baked);
      expect(resumed.halted).toBeNull();
      expect(result.outcome).toBe('aborted');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'keeps the guard watching: a green that breaks meanwhile is rolled back (I1)',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { go } = await beforeFirstStep(migration);
      migration.world.traffic.greenSurplusPercent.set(Date.now(), 30);
      go();
      await migration.until('the halt', ({ halted }) => halted !== null);

      migration.world.traffic.greenSurplusPercent.set(Date.now(), 0);
      migration.world.breakGreen(0.5);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('error-rate'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('a rollback while blue is not able to take everything', () => {
  /** Green has 50 %, blue has lost its targets, and somebody asks for a rollback. */
  async function haltedRollback(): Promise<TestMigration> {
    const migration = await bakingAtHalf();
    migration.world.setHealthyTargets('blue', 0);
    await migration.send('rollback', { reason: 'test' });
    await migration.until('the halt', ({ halted }) => halted !== null);
    return migration;
  }

  const written = ({ world }: TestMigration): readonly unknown[] => world.weightsWritten();

  it.concurrent(
    'halts: weights stay where they are, and people are told with the command (I3)',
    async () => {
      const migration = await haltedRollback();
      await migration.until('people to be told', () => told(migration, 'halted').length > 0);
      const halted = await migration.status();

      migration.world.setHealthyTargets('blue', null);
      await migration.until('word that blue is able', () => told(migration, 'halted').length > 1);
      await migration.send('resume');
      const result = await migration.handle.result();

      expect(halted).toMatchObject({ activity: 'halted', greenWeightPercent: 50 });
      expect(halted.commands).toEqual([
        expect.stringContaining('cutover resume'),
        expect.stringContaining('--force'),
        expect.stringContaining('cutover abort'),
      ]);
      expect(told(migration, 'halted')).toEqual([
        expect.stringMatching(/blue is not able: .* → cutover rollback .* --force/u),
        expect.stringMatching(/blue is able again → cutover resume/u),
      ]);
      expect(written(migration)).toEqual([1, 0, 50, 0]);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'goes on with force and a reason, although blue is not able; without a reason it does not',
    async () => {
      const migration = await haltedRollback();

      const unreasoned = await migration.send('rollback', { force: true });
      const held = await migration.status();
      const forced = await migration.send('rollback', { force: true, reason: 'green is worse' });
      const result = await migration.handle.result();

      expect(unreasoned.accepted).toBe(false);
      expect(held.activity).toBe('halted');
      expect(forced.accepted).toBe(true);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'halts again when answered too early; an abort ends it as aborted once blue is able',
    async () => {
      const migration = await haltedRollback();
      await migration.send('resume');
      await migration.until(
        'the second halt',
        ({ halted }) => halted !== null && told(migration, 'halted').length >= 2,
      );
      const before = written(migration);

      migration.world.setHealthyTargets('blue', null);
      await migration.send('abort', { reason: 'give up' });
      const result = await migration.handle.result();

      expect(before).toEqual([1, 0, 50]);
      expect(result.outcome).toBe('aborted');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that the guard asks for halts too: nobody pulls users towards a side that cannot take them',
    async () => {
      const migration = await bakingAtHalf();
      migration.world.setHealthyTargets('blue', 0);

      migration.world.breakGreen(0.5);
      const halted = await migration.until('the halt', ({ halted }) => halted !== null);
      const before = written(migration);
      await migration.send('rollback', { force: true, reason: 'blue answers at least something' });
      const result = await migration.handle.result();

      expect(halted).toMatchObject({ stop: { by: 'guard' }, greenWeightPercent: 50 });
      expect(before).toEqual([1, 0, 50]);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

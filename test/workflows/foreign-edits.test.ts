/** Weights that somebody else changes while a migration runs (I2, I15): hold forward, go back when asked to, never guess. */
import type { Decision } from '#domain/migration/messages.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

/** Green at 50 %, seen, and a bake longer than any test unless told otherwise. */
async function baking(bakeSeconds = 600): Promise<TestMigration> {
  const migration = await harness.start({ plan: planWith([50, 100], bakeSeconds) });
  await reachGate(migration, 'shift');
  await migration.send('approve');
  await migration.until(
    'green at 50 %, seen',
    ({ steps: [first] }) => (first?.observedPercent ?? null) !== null,
  );
  return migration;
}

function planWith(steps: readonly number[], bakeSeconds: number): MigrationPlan {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, steps, bakeSeconds }));
  return fakePlan({ traffic: { ...traffic, groups } });
}

function meddle({ world }: TestMigration, blue: number, green: number): void {
  for (const { blueTargetGroupArn, greenTargetGroupArn } of world.loadBalancer.rules)
    world.loadBalancer.meddle(blueTargetGroupArn, [
      { arn: blueTargetGroupArn, weight: blue },
      { arn: greenTargetGroupArn, weight: green },
    ]);
}

describe("somebody's edit", () => {
  it.concurrent(
    'towards blue is taken as a request to roll back, and says who was not asked',
    async () => {
      const migration = await baking();

      meddle(migration, 900, 100);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('somebody else changed route web'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'towards green holds: nothing is written, and people are told what was found',
    async () => {
      const migration = await baking();

      meddle(migration, 100, 900);
      const { halted } = await migration.until('the halt', (status) => status.halted !== null);

      expect(halted).toContain('we set green to 50 %');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 50]);
      // Until people have answered it is told once: many times the guard's patience pass.
      const { calls } = migration.world;
      const looks = calls.count('router.readGreenPercent');
      await waitUntil(() => calls.count('router.readGreenPercent') > looks + 40, {
        what: 'the guard to look on',
        timeoutMs: TIMEOUT_MS,
        intervalMs: 50,
      });
      const decisions = await migration.handle.query<readonly Decision[]>('history');
      expect(decisions.filter(({ verb }) => verb === 'guard')).toHaveLength(1);
      await migration.send('rollback', { reason: 'not ours' });
      expect((await migration.handle.result()).outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'just before a step is found by the step itself, which holds instead of writing over it',
    async () => {
      const migration = await baking(5);
      const step = migration.hold('setWeights');
      await step.reached;

      meddle(migration, 100, 900);
      step.release();
      const { halted } = await migration.until('the halt', (status) => status.halted !== null);

      expect(halted).toContain('we set green to 50 %');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 50]);
      await migration.send('resume');
      await approveGates(migration);
      expect((await migration.handle.result()).outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'towards blue just before a step takes users back instead of sending more',
    async () => {
      const migration = await baking(5);
      const step = migration.hold('setWeights');
      await step.reached;

      meddle(migration, 900, 100);
      step.release();

      expect((await migration.handle.result()).outcome).toBe('rolled-back');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 50, 0]);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'towards blue that no guard saw takes users back as soon as they do not follow the weight',
    async () => {
      const migration = await harness.start({ plan: planWith([50, 100], 600) });
      await reachGate(migration, 'shift');
      const guard = migration.hold('guardTraffic');
      const look = migration.hold('verifyShare');
      await migration.send('approve');
      await look.reached;
      meddle(migration, 1000, 0);

      look.release();
      const { halted } = await migration.until(
        'a word on it',
        (status) => status.halted !== null || status.stop !== null,
      );
      guard.release();

      expect(halted).toBeNull();
      expect(await migration.handle.result()).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('somebody else changed route web'),
      });
    },
    TIMEOUT_MS,
  );

  it.concurrent.each(['rehearseRollback', 'setWeights'] as const)(
    'that takes green off before its first user is obeyed by %s: nobody is sent there',
    async (activity) => {
      const migration = await harness.start({ plan: planWith([50, 100], 600) });
      await reachGate(migration, 'shift');
      const writer = migration.hold(activity);
      await migration.send('approve');
      await writer.reached;
      const { loadBalancer } = migration.world;
      const written = migration.world.weightsWritten();
      loadBalancer.takeGreenOff();

      writer.release();

      expect(await migration.handle.result()).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('green is not on it any more'),
      });
      expect(migration.world.weightsWritten().slice(written.length)).toEqual([0]);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is written over when people say to go on',
    async () => {
      const migration = await baking(5);
      meddle(migration, 100, 900);
      await migration.until('the halt', (status) => status.halted !== null);

      await migration.send('resume');
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(migration.world.weightsWritten()).toEqual([1, 0, 50, 50, 100]);
    },
    TIMEOUT_MS,
  );
});

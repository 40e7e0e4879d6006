/** Long-lived connections leave green after a rollback, and people hear of it when that takes longer than promised (I1). */
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { reachGate, TIMEOUT_MS } from './walk.ts';

/** Rolled back with green at its first step, while so many of its targets take their time to leave. */
async function rolledBack(migration: TestMigration, leaving: number): Promise<readonly string[]> {
  await reachGate(migration, 'shift');
  const hold = migration.hold('verifyShare');
  await migration.send('approve');
  await hold.reached;
  const { greenTargetGroupArn = '' } = migration.world.loadBalancer.rules[0] ?? {};
  migration.world.loadBalancer.leaving.set(greenTargetGroupArn, leaving);
  await migration.send('rollback', { reason: 'test' });
  hold.release();
  const { outcome } = await migration.handle.result();
  expect(outcome).toBe('rolled-back');
  expectEverythingBack(migration);
  return migration.world.notices
    .filter(({ notice }) => notice.event === 'undo-failing')
    .map(({ notice }) => notice.text);
}

const { traffic } = fakePlan().spec;
/** A promise that also a busy machine keeps. */
const PATIENT = fakePlan({
  traffic: { ...traffic, promise: { rollbackWithinSeconds: 60, shedWithinSeconds: 60 } },
});

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('shedding after a rollback', () => {
  it.concurrent(
    'is waited for, and nobody is called while it keeps its promise',
    async () => {
      const migration = await harness.start({ plan: PATIENT });

      expect(await rolledBack(migration, 2)).toEqual([]);
      expect(migration.called.filter((name) => name === 'shedGreen').length).toBeGreaterThan(2);
      expect(migration.called.lastIndexOf('returnSingletons')).toBeLessThan(
        migration.called.indexOf('shedGreen'),
      );
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that takes longer than `shedWithin` is told by its own promise, and goes on',
    async () => {
      const migration = await harness.start();

      expect(await rolledBack(migration, 60)).toEqual([
        expect.stringContaining('have not left green after the promised 1 s'),
      ]);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'has nothing to do where green never had a user',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');

      await migration.send('rollback', { reason: 'test' });
      await migration.handle.result();

      expect(migration.called).not.toContain('shedGreen');
    },
    TIMEOUT_MS,
  );
});

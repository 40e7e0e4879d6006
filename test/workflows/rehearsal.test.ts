/** The way back, tried before users are committed (I1). */
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

const promising = (rollbackWithinSeconds: number) => {
  const { analysis, traffic } = fakePlan().spec;
  return fakePlan({
    // A weight that is slow to reach users must not look like a source that fell silent.
    analysis: { ...analysis, missingDataSeconds: 60 },
    traffic: { ...traffic, promise: { ...traffic.promise, rollbackWithinSeconds } },
  });
};

describe('a rehearsal', () => {
  it.concurrent(
    'comes before the first step, once, and its figures are in the status',
    async () => {
      const migration = await harness.start();
      await approveGates(migration);
      const status = await migration.status();

      expect(migration.world.weightsWritten()).toEqual([1, 0, 5, 50, 100]);
      expect(migration.called.filter((name) => name === 'rehearseRollback')).toHaveLength(1);
      expect(status.rehearsal).toContain('all routes read back in');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that did not keep the promise halts before any step; a rollback leaves nothing behind',
    async () => {
      const migration = await harness.start({
        plan: promising(0.2),
        world: { propagationMs: 900 },
      });
      await reachGate(migration, 'shift');
      await migration.send('approve');
      const { halted } = await migration.until('the halt', (status) => status.halted !== null);

      expect(halted).toContain('does not keep the promise of 0.2 s');
      expect(migration.world.weightsWritten()).toEqual([1, 0]);
      await migration.send('rollback', { reason: 'too slow' });
      expect((await migration.handle.result()).outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is done again when people resume, and the shift goes on once it keeps the promise',
    async () => {
      const migration = await harness.start({
        // Wide apart: a machine that stalls for a second must not break the promise the second time.
        plan: promising(1.2),
        world: { propagationMs: 1_800 },
      });
      await reachGate(migration, 'shift');
      await migration.send('approve');
      const { halted } = await migration.until('the halt', (status) => status.halted !== null);
      expect(halted).toContain('does not keep the promise of 1.2 s');

      migration.world.loadBalancer.propagationMs = 0;
      await migration.send('resume');
      await approveGates(migration);

      expect((await migration.handle.result()).outcome).toBe('completed');
      expect(migration.called.filter((name) => name === 'rehearseRollback')).toHaveLength(2);
    },
    TIMEOUT_MS,
  );
});

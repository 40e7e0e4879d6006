/**
 * Workers die in the middle of a call (I6): whichever call it is, and whether its effect happened or not, the run goes
 * on and the world ends as if nothing had been.
 */
import { startHarness } from './harness.ts';
import { approveGates, TIMEOUT_MS } from './walk.ts';

/** Calls of ports in a migration that goes well are a few hundred; the first ones are those that create. */
const CALLS = [5, 19, 33, 47, 61, 90] as const;

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe.each(['before', 'after'] as const)('a worker that dies %s the effect', (when) => {
  it.concurrent.each(CALLS)(
    'of call %i costs nothing but time',
    async (call) => {
      const migration = await harness.start({
        prepare: ({ calls }) => calls.crashAt(call, when),
      });
      const approving = approveGates(migration);

      const result = await migration.handle.result();
      await approving;

      const { world } = migration;
      expect(world.calls.crashPending).toBe(false);
      expect(result).toMatchObject({ outcome: 'completed', blue: { exists: false } });
      const weights = world.weightHistory('web');
      expect(weights.filter((weight, index) => weight !== weights[index - 1])).toEqual([
        0, 1, 0, 5, 50, 100,
      ]);
      expect(world.green?.status).toBe('ACTIVE');
      expect(migration.singletonsAt('green')).toEqual(migration.before.singletonsOnBlue);
    },
    TIMEOUT_MS,
  );
});

/** Green by kro through the whole story: the workflow does not know who makes it. */
import type { KroWay } from '#activities/ports/provisioner.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type Harness } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

const BY_KRO: KroWay = {
  with: 'kro',
  hub: 'platform',
  definition: 'cutover-eks-green',
  namespace: 'default',
  values: {},
};
const green = { ...fakePlan().spec.green, provision: BY_KRO };

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe('a migration to a green by kro', () => {
  it(
    'completes, and leaves green with its instance',
    async () => {
      const migration = await harness.start({ plan: fakePlan({ green }) });

      await approveGates(migration);
      const result = await migration.handle.result();

      expect(result.outcome).toBe('completed');
      expect(migration.world.green?.status).toBe('ACTIVE');
      expect(migration.world.hub.instances.get('shop-green')?.isGoing).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'that is rolled back brings everything back, and takes the instance away where the plan wants it so',
    async () => {
      const { rollback } = fakePlan().spec;
      const plan = fakePlan({ green, rollback: { ...rollback, green: 'delete' } });
      const migration = await harness.start({ plan });
      await reachGate(migration, 'shift');

      await migration.send('rollback', { reason: 'test' });
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
      expect(migration.world.green).toBeNull();
      expect(migration.world.hub.instances.size).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'is blocked where the hub cannot make it, and nothing is asked of the hub',
    async () => {
      const migration = await harness.start({
        plan: fakePlan({ green }),
        prepare: ({ hub }) => {
          hub.facts = { hasKro: false };
        },
      });

      const result = await migration.handle.result();

      expect(result.outcome).toBe('blocked');
      expect(migration.called).not.toContain('createGreen');
      expect(migration.world.hub.instances.size).toBe(0);
    },
    TIMEOUT_MS,
  );
});

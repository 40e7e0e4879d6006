/** `soak.keepBlue`: some users stay on blue while green soaks, so that it is warm and measured; then green gets the rest. */
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

const keeping = (forSeconds: number) => fakePlan({ soak: { forSeconds, keepBluePercent: 10 } });

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe.each([
  ['in one execution', {}],
  ['with a continue-as-new at every checkpoint', { continueAsNewAfterEvents: 1 }],
])('a plan that keeps blue, %s', (_, options) => {
  it.concurrent(
    'soaks green at the rest and gives it everything before blue may go',
    async () => {
      const migration = await harness.start({ plan: keeping(0.3), ...options });
      const approving = approveGates(migration);
      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({ outcome: 'completed', blue: { exists: false } });
      const weights = migration.world.weightHistory('web');
      const changes = weights.filter((weight, index) => weight !== weights[index - 1]);
      expect(changes).toEqual([0, 1, 0, 5, 50, 90, 100]);
      expect(result.steps.map(({ intended }) => intended)).toEqual([5, 50, 100]);
    },
    TIMEOUT_MS,
  );
});

it.concurrent(
  'a rollback while green soaks beside blue brings everything back',
  async () => {
    const migration = await harness.start({ plan: keeping(60) });
    await reachGate(migration, 'shift');
    await migration.send('approve');
    await migration.until('the soak', ({ activity }) => activity === 'soak');
    const { greenWeightPercent } = await migration.status();

    await migration.send('rollback', { reason: 'test' });
    const result = await migration.handle.result();

    expect(greenWeightPercent).toBe(90);
    expect(result.outcome).toBe('rolled-back');
    expectEverythingBack(migration);
  },
  TIMEOUT_MS,
);

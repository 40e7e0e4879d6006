import { startHarness, type Harness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe('a migration that goes well', () => {
  it('moves everything to green, approved at both gates, and removes blue', async () => {
    const migration = await harness.start();

    await migration.until('gate shift', (status) => status.activity === 'gate:shift');
    await migration.send('approve', { gate: 'shift' });
    await migration.until('gate retire', (status) => status.activity === 'gate:retire');
    await migration.send('approve', { gate: 'retire', by: 'grace' });
    const result = await migration.handle.result();

    expect(result).toMatchObject({
      outcome: 'completed',
      blue: { version: '1.34', exists: false },
      green: { version: '1.36' },
    });
    expect(result.steps.map((step) => step.intended)).toEqual([5, 50, 100]);
    expect(distinct(migration.world.weightHistory('web'))).toEqual([0, 1, 0, 5, 50, 100]);
    expect(migration.world.notices.map(({ notice }) => notice.event)).toEqual([
      'gate-waiting',
      'gate-waiting',
      'completed',
    ]);
  });

  it('does the same when every checkpoint continues as new', async () => {
    const migration = await harness.start({ continueAsNewAfterEvents: 1 });

    await migration.until('gate shift', (status) => status.activity === 'gate:shift');
    await migration.send('approve', { gate: 'shift' });
    await migration.until('gate retire', (status) => status.activity === 'gate:retire');
    await migration.send('approve', { gate: 'retire', by: 'grace' });
    const result = await migration.handle.result();

    expect(result.outcome).toBe('completed');
    expect(distinct(migration.world.weightHistory('web'))).toEqual([0, 1, 0, 5, 50, 100]);
  });
});

/** Weights without repetitions: writing the same weight again changes nothing. */
function distinct(weights: readonly number[]): readonly number[] {
  return weights.filter((weight, index) => weight !== weights[index - 1]);
}

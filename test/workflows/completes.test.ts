import { startHarness, type Harness } from './harness.ts';
import { approveGates, reachGate } from './walk.ts';

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

  it('ends with what the owners of the rules must change, in its outcome, its status and its last notice', async () => {
    const weightsOwner = { tool: 'Terraform', tag: 'managed-by=terraform', of: 'route' } as const;
    const migration = await harness.start({
      prepare: ({ loadBalancer }) => {
        for (const rule of loadBalancer.rules) rule.weightsOwner = weightsOwner;
      },
    });
    await reachGate(migration, 'retire');
    const before = await migration.status();
    await approveGates(migration);
    const { handOver } = await migration.handle.result();

    expect(before.handOver).toEqual([]);
    expect(handOver).toEqual([
      expect.objectContaining({
        routeId: 'web',
        owner: 'Terraform (tag managed-by=terraform)',
        inPlace: {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: expect.stringContaining('green-web'), Weight: 1 }],
          },
        },
      }),
    ]);
    expect((await migration.status()).handOver).toEqual(handOver);
    expect(migration.world.notices.at(-1)?.notice.text).toContain(
      'Owners must now change: route web',
    );
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

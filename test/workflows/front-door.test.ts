/** Blue's own load balancer goes with blue: as long as users come in through it, blue stays, whatever people say (I5). */
import { fakeIngressRoute, fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { reachGate, TIMEOUT_MS } from './walk.ts';

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

async function shiftedOnIngress(): Promise<TestMigration> {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, routes: [fakeIngressRoute('web')] }));
  const migration = await harness.start({ plan: fakePlan({ traffic: { ...traffic, groups } }) });
  await reachGate(migration, 'shift');
  await migration.send('approve');
  await migration.until('the halt at the front door', ({ halted }) => halted !== null);
  return migration;
}

describe('a migration on an Ingress of blue', () => {
  it.concurrent(
    'shifts and soaks, then halts with every user on green instead of asking whether blue may go',
    async () => {
      const migration = await shiftedOnIngress();

      const halted = await migration.status();
      expect(halted).toMatchObject({
        activity: 'halted',
        greenWeightPercent: 100,
        gate: null,
        halted: expect.stringContaining('goes with blue'),
      });
      const { decisions } = halted;
      await migration.send('resume', { reason: 'try' });
      const again = await migration.until(
        'the second halt',
        (status) => status.halted !== null && status.decisions.length > decisions.length,
      );
      expect(again.halted).toBe(halted.halted);
      expect(migration.world.calls.writes('router.removeBlue')).toEqual([]);
      await migration.send('abort');
      await migration.handle.result();
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'goes back to blue from there on request',
    async () => {
      const migration = await shiftedOnIngress();

      await migration.send('rollback', { reason: 'the demo' });
      const { outcome } = await migration.handle.result();

      expect(outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

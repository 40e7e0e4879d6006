/** A route that nothing can prove takes a person at every step (I2): the exact question, and resume is the yes. */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakeNlbRoute, fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { reachGate, TIMEOUT_MS } from './walk.ts';

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

function planOnNlb(flows?: string): MigrationPlan {
  const { traffic } = fakePlan().spec;
  const route = { ...fakeNlbRoute('web'), ...(flows === undefined ? {} : { flows }) };
  const groups = traffic.groups.map((group) => ({ ...group, steps: [50, 100], routes: [route] }));
  return fakePlan({ traffic: { ...traffic, groups } });
}

async function shifting(plan: MigrationPlan): Promise<TestMigration> {
  const migration = await harness.start({ plan });
  await reachGate(migration, 'shift');
  await migration.send('approve');
  return migration;
}

async function asked(migration: TestMigration, percent: number): Promise<void> {
  await migration.until(
    `the question about ${percent} %`,
    ({ halted }) => halted?.includes(`about ${percent} % of new users`) ?? false,
  );
}

describe('a route without a truth source', () => {
  it.concurrent(
    'halts with the question at every step, and a yes counts as the proof',
    async () => {
      const migration = await shifting(planOnNlb());

      await asked(migration, 50);
      await migration.send('resume');
      await asked(migration, 100);
      const { steps } = await migration.until(
        'the first step',
        ({ steps: [first] }) => first !== undefined,
      );
      await migration.send('resume');
      await migration.until('the soak', ({ activity }) => activity === 'gate:retire');

      expect(steps[0]).toMatchObject({ percent: 50, observedPercent: 50, requests: null });
      await migration.send('abort');
      await migration.handle.result();
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'goes back when people say no',
    async () => {
      const migration = await shifting(planOnNlb());

      await asked(migration, 50);
      await migration.send('rollback', { reason: 'nobody came' });

      expect(await migration.handle.result()).toMatchObject({ outcome: 'rolled-back' });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'asks nobody where the pods count their connections',
    async () => {
      const migration = await shifting(planOnNlb('app'));

      const { steps } = await migration.until(
        'gate retire',
        ({ activity }) => activity === 'gate:retire',
      );

      expect(steps.map(({ requests }) => (requests ?? 0) > 0)).toEqual([true, true]);
      await migration.send('abort');
      await migration.handle.result();
    },
    TIMEOUT_MS,
  );
});

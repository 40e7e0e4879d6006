/** The guard's hand (I1, I4): it watches from green's first user until commit, and pulls before anybody decides. */
import { askAgain } from '#clients/temporal/ask-again.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

/** The fake plan with these steps, and bakes or a soak longer than any test. */
function lasting(steps: readonly number[], lasts: 'bake' | 'soak' | 'nothing'): MigrationPlan {
  const { traffic, soak } = fakePlan().spec;
  const bakeSeconds = lasts === 'bake' ? 600 : 0.1;
  const groups = traffic.groups.map((group) => ({ ...group, steps, bakeSeconds }));
  return fakePlan({
    traffic: { ...traffic, groups },
    ...(lasts === 'soak' ? { soak: { ...soak, forSeconds: 600 } } : {}),
  });
}

async function baking(percent: number): Promise<TestMigration> {
  const steps = percent === 100 ? [100] : [percent, 100];
  const migration = await harness.start({ plan: lasting(steps, 'bake') });
  await reachGate(migration, 'shift');
  await migration.send('approve');
  await migration.until(
    `green at ${percent} %, seen`,
    ({ steps: [first] }) => (first?.observedPercent ?? null) !== null,
  );
  return migration;
}

const byTheGuard = {
  verb: 'guard',
  by: 'guard',
};

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('a green that breaks', () => {
  it.concurrent.each([1, 5, 50, 100])(
    'at %i %% of users is rolled back, and no further request meets it',
    async (percent) => {
      const migration = await baking(percent);

      migration.world.breakGreen(0.5);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('error-rate'),
      });
      expect(await askAgain(() => migration.handle.query('history'))).toEqual(
        expect.arrayContaining([expect.objectContaining(byTheGuard)]),
      );
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'loses its users by the hand of the guard, before the workflow has written anything',
    async () => {
      const migration = await baking(50);
      const hold = migration.hold('setWeights');

      migration.world.breakGreen(0.5);
      await hold.reached;
      const users = migration.world.weightHistory('web').at(-1);
      const written = migration.world.weightsWritten();
      hold.release();
      const result = await migration.handle.result();

      expect(users).toBe(0);
      expect(written).toEqual([1, 0, 50, 0]);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'in soak is rolled back',
    async () => {
      const migration = await harness.start({ plan: lasting([100], 'soak') });
      await reachGate(migration, 'shift');
      await migration.send('approve');
      await migration.until('soak', ({ activity }) => activity === 'soak');

      migration.world.breakGreen(0.5);
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each([
    ['gate retire', {}],
    ['gate retire of a moved run', { continueAsNewAfterEvents: 1 }],
  ])(
    'at %s is rolled back',
    async (_, options) => {
      const migration = await harness.start({ plan: lasting([100], 'nothing'), ...options });
      await reachGate(migration, 'retire');

      migration.world.breakGreen(0.5);
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'in drain is rolled back: approved is not yet committed',
    async () => {
      const migration = await harness.start({ plan: lasting([100], 'nothing') });
      const hold = migration.hold('proveBlueIdle');
      await reachGate(migration, 'retire');
      await migration.send('approve', { by: 'grace' });
      await hold.reached;

      migration.world.breakGreen(0.5);
      await migration.until('the stop', ({ stop }) => stop !== null);
      hold.release();
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('the last moment before commit', () => {
  /** Everything is done but commit, which waits for a guard in the middle of a look. */
  async function lettingGo(): Promise<{
    readonly migration: TestMigration;
    readonly letGo: () => void;
  }> {
    const migration = await harness.start({ plan: lasting([100], 'nothing') });
    const idle = migration.hold('proveBlueIdle');
    await reachGate(migration, 'retire');
    await migration.send('approve', { by: 'grace' });
    await idle.reached;
    const look = migration.world.calls.holdNext('targetGroups.readHealth');
    await look.reached;
    idle.release();
    await migration.until('blue proven idle', ({ phases }) =>
      phases.some(({ name, status }) => name === 'drain' && status === 'done'),
    );
    return { migration, letGo: () => look.release() };
  }

  it.concurrent(
    'waits for a guard that is pulling: no pull lands after commit',
    async () => {
      const migration = await harness.start({ plan: lasting([100], 'nothing') });
      const idle = migration.hold('proveBlueIdle');
      await reachGate(migration, 'retire');
      await migration.send('approve', { by: 'grace' });
      await idle.reached;
      const pull = migration.world.calls.holdNext('router.sendAllToBlue');
      migration.world.breakGreen(0.5);
      await pull.reached;

      idle.release();
      await migration.until('blue proven idle', ({ phases }) =>
        phases.some(({ name, status }) => name === 'drain' && status === 'done'),
      );
      const undecided = await migration.status();
      pull.release();
      const result = await migration.handle.result();

      expect(undecided.committedAt).toBeNull();
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'waits for the guard of the execution before, too',
    async () => {
      const migration = await harness.start({
        plan: lasting([100], 'nothing'),
        continueAsNewAfterEvents: 1,
      });
      const idle = migration.hold('proveBlueIdle');
      await reachGate(migration, 'retire');
      await migration.send('approve', { by: 'grace' });
      await idle.reached;
      const pull = migration.world.calls.holdNext('router.sendAllToBlue');
      migration.world.breakGreen(0.5);
      await pull.reached;

      idle.release();
      await migration.until('blue proven idle', ({ phases }) =>
        phases.some(({ name, status }) => name === 'drain' && status === 'done'),
      );
      const undecided = await migration.status();
      pull.release();
      const result = await migration.handle.result();

      expect(undecided.committedAt).toBeNull();
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each([
    ['rollback', 'rolled-back'],
    ['abort', 'aborted'],
    ['cancel', 'aborted'],
  ] as const)(
    'hears the word %s that comes while the guard lets go',
    async (word, outcome) => {
      const { migration, letGo } = await lettingGo();

      if (word === 'cancel') await migration.handle.cancel();
      else await migration.send(word, { reason: 'at the last moment' });
      await migration.until('nothing new', ({ committedAt }) => committedAt === null);
      letGo();
      const result = await migration.handle.result();

      expect(result).toMatchObject({ outcome, blue: { exists: true } });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'hears a pause that comes while the guard lets go, and is guarded until resume',
    async () => {
      const { migration, letGo } = await lettingGo();

      const answer = await migration.send('pause');
      letGo();
      const { calls } = migration.world;
      const watched = calls.count('targetGroups.readHealth');
      const paused = await migration.until(
        'a new guard',
        () => calls.count('targetGroups.readHealth') > watched + 3,
      );
      await migration.send('resume');
      const result = await migration.handle.result();

      expect(answer.accepted).toBe(true);
      expect(paused).toMatchObject({ committedAt: null, paused: { by: 'ada' } });
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'does not take the silence of a guard that died for its word: users that were brought back meanwhile stay',
    async () => {
      const { migration, letGo } = await lettingGo();
      const { loadBalancer } = migration.world;

      loadBalancer.takeGreenOff();
      // Its heartbeats stop, until the server gives it up.
      const result = await migration.handle.result();
      letGo();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('green is not on it any more'),
        blue: { exists: true },
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'goes on where the guard died and everything is as it was proven, once it is proven under another',
    async () => {
      const { migration, letGo } = await lettingGo();

      const result = await migration.handle.result();
      letGo();

      expect(result.outcome).toBe('completed');
      expect(migration.called.filter((name) => name === 'proveBlueIdle')).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is the end of the guard: after commit nothing watches and nothing pulls',
    async () => {
      const migration = await harness.start({ plan: lasting([100], 'nothing') });
      const release = migration.hold('releaseBlue');
      const approving = approveGates(migration);
      await release.reached;
      const { calls } = migration.world;
      const watched = calls.count('targetGroups.readHealth');

      migration.world.breakGreen(0.5);
      release.release();
      const result = await migration.handle.result();
      await approving;

      expect(calls.count('targetGroups.readHealth')).toBe(watched);
      expect(result.outcome).toBe('completed');
      expect(migration.world.weightHistory('web').at(-1)).toBe(100);
    },
    TIMEOUT_MS,
  );
});

describe('what else the guard sees', () => {
  it.concurrent(
    'a green that answers too slowly is rolled back',
    async () => {
      const migration = await baking(50);

      migration.world.traffic.greenP99Ms.set(Date.now(), 2_000);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('latency-p99'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a green without healthy targets is rolled back',
    async () => {
      const migration = await baking(5);

      migration.world.setHealthyTargets('green', 0);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('healthy-targets'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a green whose data is missing while blue has some is rolled back (I4)',
    async () => {
      const migration = await baking(50);

      migration.world.silence('green');
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('green'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a green that errs less than the plan allows is left alone',
    async () => {
      const migration = await harness.start();
      migration.world.breakGreen(0.004);
      migration.world.traffic.greenP99Ms.set(Date.now(), 400);
      const approving = approveGates(migration);

      const result = await migration.handle.result();
      await approving;

      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a guard that goes blind for a reason of its own is a stop: time without a guard counts for nothing (I4)',
    async () => {
      const migration = await harness.start({ plan: lasting([5, 100], 'bake') });
      await reachGate(migration, 'shift');
      migration.failNext('guardTraffic', new TypeError('x is undefined'));
      await migration.send('approve');

      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('the guard went blind'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'a guard that dies with its worker is started again and sees what the dead one saw',
    async () => {
      const migration = await harness.start({ plan: lasting([50, 100], 'bake') });
      await reachGate(migration, 'shift');
      const died = new CutoverFailure('unavailable', 'the worker died', { resource: 'worker' });
      migration.failNext('guardTraffic', died, 2);
      migration.world.breakGreen(0.5);
      await migration.send('approve');

      const result = await migration.handle.result();

      expect(migration.called.filter((name) => name === 'guardTraffic').length).toBe(3);
      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('error-rate'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

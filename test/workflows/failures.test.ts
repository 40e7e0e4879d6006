/**
 * What fails (I1): forward work rolls back with the reason, work after commit is repaired forward, an undo is tried
 * until the world lets it, and a preflight that says no leaves nothing behind.
 */
import { CutoverFailure } from '#domain/failures.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

const denied = (what: string): CutoverFailure =>
  new CutoverFailure('access-denied', 'not allowed', { resource: what });

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('a failure', () => {
  it.concurrent.each([
    'resolveNames',
    'checkReadiness',
    'createGreen',
    'awaitGreen',
    'furnishGreen',
    'extendTrust',
    'awaitNodegroups',
    'proveRoles',
    'installAddons',
    'awaitAddons',
    'attachGreen',
    'copyWorkloads',
    'awaitWorkloads',
    'smokeTest',
    'checkAbility',
    'setWeights',
    'verifyShare',
    'handOverSingletons',
    'proveBlueIdle',
  ] as const)(
    'of %s that no retry can mend rolls back, and the result says why',
    async (name) => {
      const migration = await harness.start();
      migration.failNext(name, denied(name));
      const approving = approveGates(migration);

      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringMatching(new RegExp(`^${name}: access-denied: .*${name}`, 'u')),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that nobody knows counts as a defect of ours and rolls back',
    async () => {
      const migration = await harness.start();
      migration.failNext('verifyShare', new TypeError('x is not iterable'));
      const approving = approveGates(migration);

      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: 'verifyShare: internal: x is not iterable',
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'that passes by itself is not noticed: the call is made again',
    async () => {
      const migration = await harness.start();
      const passing = new CutoverFailure('throttled', 'slow down', { resource: 'eks' });
      migration.failNext('createGreen', passing);
      migration.failNext('setWeights', passing);
      const approving = approveGates(migration);

      const result = await migration.handle.result();
      await approving;

      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'after commit is repaired forward: tried again until it is mended, never rolled back',
    async () => {
      const migration = await harness.start();
      migration.failNext('releaseBlue', denied('the rule'), 2);
      migration.failNext('deleteBlueCluster', denied('blue'), 2);
      const approving = approveGates(migration);

      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({ outcome: 'completed', blue: { exists: false } });
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'of telling people does not hold up a rollback',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      migration.failNext('tellPeople', new Error('the webhook is deaf'), 2);

      await migration.send('rollback', { reason: 'test' });
      await migration.until('users on blue', () => migration.called.includes('detachGreen'));
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('an undo that is not allowed', () => {
  it.concurrent.each([
    ['router.sendAllToBlue', 'setWeights'],
    ['router.detach', 'detachGreen'],
    ['kubernetes.merge', 'returnSingletons'],
  ] as const)(
    'to %s goes on until it is, and people hear of it (I1)',
    async (call, activity) => {
      const { traffic } = fakePlan().spec;
      const promise = { ...traffic.promise, rollbackWithinSeconds: 0.5 };
      const migration = await harness.start({
        plan: fakePlan({ traffic: { ...traffic, promise } }),
      });
      await reachGate(migration, 'retire');
      migration.world.calls.failNext(call, 'access-denied', 1_000);
      const before = migration.called.filter((name) => name === activity).length;

      await migration.send('rollback', { reason: 'test' });
      await migration.until(
        'several attempts and a notice',
        () =>
          migration.called.filter((name) => name === activity).length >= before + 2 &&
          migration.world.notices.some(({ notice }) => notice.event === 'undo-failing'),
      );
      const stuck = await migration.status();
      migration.world.calls.heal(call);
      const result = await migration.handle.result();

      expect(stuck.activity).toBe('rolling-back');
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('what is left of green', () => {
  it.concurrent.each([
    ['keep', 'ACTIVE'],
    ['delete', undefined],
  ] as const)(
    'after a rollback whose plan says %s',
    async (green, status) => {
      const migration = await harness.start({ plan: fakePlan({ rollback: { green } }) });
      await reachGate(migration, 'retire');

      await migration.send('rollback', { reason: 'test' });
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expect(migration.world.green?.status).toBe(status);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('preflight', () => {
  it.concurrent(
    'that finds something in the way ends the run as blocked, with nothing written',
    async () => {
      const migration = await harness.start({
        prepare: (world) => world.setHealthyTargets('blue', 0),
      });

      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'blocked',
        reason: expect.stringContaining('blue-unhealthy-targets'),
        green: null,
      });
      // Preflight's own look whether a capsule can be written, taken away again.
      expect(migration.world.calls.audit.map(({ call }) => call)).toEqual([
        'capsules.write',
        'capsules.remove',
      ]);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

/**
 * Stops (I1): a cancellation from outside, a stop that outlives its execution, one said twice, and a rollback that
 * meets a weight write in flight (I6).
 */
import { newMigration } from '#domain/migration/migration-state.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import * as messages from '#workflows/messages.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, beforeFirstStep, reachGate, TIMEOUT_MS } from './walk.ts';

/** Green's weights as they were written, oldest first. */
function written({ world }: TestMigration): readonly unknown[] {
  return world.weightsWritten();
}

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('a cancellation from outside (`temporal workflow cancel`)', () => {
  it.concurrent.each([
    'checkReadiness',
    'createGreen',
    'awaitWorkloads',
    'setWeights',
    'verifyShare',
    'handOverSingletons',
    'proveBlueIdle',
  ] as const)(
    'while %s is in flight brings everything back, as aborted',
    async (name) => {
      const migration = await harness.start();
      const hold = migration.hold(name);
      const approving = approveGates(migration);
      await hold.reached;

      await migration.handle.cancel();
      hold.release();
      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({ outcome: 'aborted', reason: 'the workflow was cancelled' });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each(['shift', 'retire'] as const)(
    'at gate %s brings everything back, as aborted',
    async (gate) => {
      const migration = await harness.start();
      await reachGate(migration, gate);

      await migration.handle.cancel();
      const result = await migration.handle.result();

      expect(result.outcome).toBe('aborted');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'of a paused run brings everything back, too',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      await migration.send('pause');
      await migration.send('approve');
      await migration.until('the pause', ({ gate }) => gate === null);

      await migration.handle.cancel();
      const result = await migration.handle.result();

      expect(result.outcome).toBe('aborted');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'does not hurt a rollback that is under way',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      const hold = migration.hold('detachGreen');
      await migration.send('rollback', { reason: 'first' });
      await hold.reached;

      await migration.handle.cancel();
      hold.release();
      const result = await migration.handle.result();

      expect(result).toMatchObject({ outcome: 'rolled-back', reason: 'first' });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'after commit changes nothing: blue is removed to the end',
    async () => {
      const migration = await harness.start();
      const hold = migration.hold('deleteBlueNodegroups');
      const approving = approveGates(migration);
      await hold.reached;

      await migration.handle.cancel();
      hold.release();
      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({ outcome: 'completed', blue: { exists: false } });
    },
    TIMEOUT_MS,
  );
});

describe('a stop', () => {
  it.concurrent(
    'that was recorded before a continue-as-new is felt after it, before anything else is done',
    async () => {
      const migration = await harness.start({
        state: {
          ...newMigration({
            workflowId: 'migrate/before',
            migrationId: '0123456789ab',
            planName: 'shop',
            planDigest: 'test',
            requestedBy: 'requester',
            at: '2026-11-22T12:00:00.000Z',
          }),
          stop: {
            kind: 'rollback',
            by: 'ada',
            reason: 'said before the move',
            at: '2026-11-22T12:00:01.000Z',
            force: false,
          },
        },
      });

      const result = await migration.handle.result();

      expect(result).toMatchObject({ outcome: 'rolled-back', reason: 'said before the move' });
      expect(migration.called.filter((name) => name !== 'tellPeople')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each(['createGreen', 'awaitWorkloads', 'verifyShare'] as const)(
    'sent as a signal while %s is in flight is felt, though every checkpoint continues as new',
    async (name) => {
      const migration = await harness.start({ continueAsNewAfterEvents: 1 });
      const hold = migration.hold(name);
      const approving = approveGates(migration);
      await hold.reached;

      await migration.handle.signal(messages.rollbackSignal, {
        id: 'from-a-shell',
        by: 'ada',
        reason: 'by signal',
      });
      hold.release();
      const result = await migration.handle.result();
      await approving;

      expect(result).toMatchObject({ outcome: 'rolled-back', reason: 'by signal' });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'asked for twice is one rollback; an abort on top changes its name only',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      const hold = migration.hold('setWeights');
      const first = await migration.send('rollback', { reason: 'first' });
      await hold.reached;

      const second = await migration.send('rollback', { by: 'grace', reason: 'second' });
      const abort = await migration.send('abort', { reason: 'third' });
      hold.release();
      const result = await migration.handle.result();

      expect([first, second, abort].map(({ accepted }) => accepted)).toEqual([true, true, true]);
      expect(result).toMatchObject({ outcome: 'aborted', reason: 'first' });
      expect(migration.called.filter((name) => name === 'detachGreen')).toHaveLength(1);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('a rollback that meets a weight write in flight (I6)', () => {
  it.concurrent(
    'writes after it: the last weight is 0',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { go } = await beforeFirstStep(migration);
      const write = migration.world.calls.holdNext('router.setGreenPercent');
      go();
      await write.reached;

      await migration.send('rollback', { reason: 'test' });
      await migration.until('the rollback', ({ activity }) => activity === 'rolling-back');
      const during = written(migration);
      write.release();
      const result = await migration.handle.result();

      expect(during).toEqual([1, 0, 5]);
      expect(written(migration)).toEqual([1, 0, 5, 0]);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'writes after it also when that write fails late, whatever it has done',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { calls, loadBalancer } = migration.world;
      const { go } = await beforeFirstStep(migration);
      const write = calls.holdNext('router.setGreenPercent');
      go();
      await write.reached;
      // Its read-back never fits, so the activity fails when its time is over.
      loadBalancer.readOverride = async () => 77;
      await migration.send('rollback', { reason: 'test' });
      write.release();
      await waitUntil(() => migration.called.filter((name) => name === 'setWeights').length > 1, {
        what: 'the write of the rollback',
        timeoutMs: 30_000,
      });
      loadBalancer.readOverride = null;
      const result = await migration.handle.result();

      expect(written(migration).slice(0, 3)).toEqual([1, 0, 5]);
      expect(written(migration).at(-1)).toBe(0);
      expect(result).toMatchObject({ outcome: 'rolled-back', reason: 'test' });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'brings users back again when an attempt that was given up lands late, though a later one was read back',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      const watch = migration.hold('keepOnBlue');
      await migration.send('rollback', { reason: 'test' });
      await watch.reached;
      for (const { blueTargetGroupArn, greenTargetGroupArn } of migration.world.loadBalancer.rules)
        migration.world.loadBalancer.meddle(blueTargetGroupArn, [
          { arn: blueTargetGroupArn, weight: 500 },
          { arn: greenTargetGroupArn, weight: 500 },
        ]);
      watch.release();
      const result = await migration.handle.result();

      // Once for the rollback, then for what landed; once more where the look at users met it.
      expect(written(migration).slice(0, 7)).toEqual([1, 0, 5, 50, 100, 0, 0]);
      expect(
        written(migration)
          .slice(7)
          .every((weight) => weight === 0),
      ).toBe(true);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'brings users back again when a write that timed out lands after its own',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { calls } = migration.world;
      const { go } = await beforeFirstStep(migration);
      const write = calls.holdNext('router.setGreenPercent');
      go();
      await write.reached;
      await migration.send('rollback', { reason: 'test' });
      // Start-to-close is 10 s: only then does the rollback go on without the write.
      await waitUntil(() => written(migration).length > 3, {
        what: 'the write of the rollback',
        timeoutMs: 30_000,
        intervalMs: 2,
      });

      write.release();
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

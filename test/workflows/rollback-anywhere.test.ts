/**
 * I1: one request brings everything back, wherever the story is. Every activity of the story is held in flight while
 * the request comes; the list is the contract's own, so a new activity is covered, or this file does not compile.
 */
import { FAKE_PROBED_ADDONS, fakePlan } from '#test/fakes/fake-plan.ts';
import type { ActivityName } from './harness.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness } from './harness.ts';
import { judgedPlan } from './judged-plan.ts';
import { approveGates, TIMEOUT_MS } from './walk.ts';

/** When each activity runs; `undo` ones run only in a rollback. */
const ACTIVITIES: Readonly<
  Record<ActivityName, 'before-commit' | 'after-commit' | 'undo' | 'beside'>
> = {
  resolveNames: 'before-commit',
  checkReadiness: 'before-commit',
  createGreen: 'before-commit',
  awaitGreen: 'before-commit',
  furnishGreen: 'before-commit',
  extendTrust: 'before-commit',
  awaitNodegroups: 'before-commit',
  proveRoles: 'before-commit',
  installAddons: 'before-commit',
  awaitAddons: 'before-commit',
  probeAddons: 'before-commit',
  attachGreen: 'before-commit',
  copyWorkloads: 'before-commit',
  awaitWorkloads: 'before-commit',
  smokeTest: 'before-commit',
  rehearseRollback: 'before-commit',
  holdBlueFloor: 'before-commit',
  checkAbility: 'before-commit',
  setWeights: 'before-commit',
  verifyShare: 'before-commit',
  judgeStep: 'before-commit',
  handOverSingletons: 'before-commit',
  guardTraffic: 'before-commit',
  proveBlueIdle: 'before-commit',
  releaseBlue: 'after-commit',
  deleteBlueNodegroups: 'after-commit',
  deleteBlueCluster: 'after-commit',
  closeSmokeDoors: 'undo',
  keepOnBlue: 'undo',
  returnSingletons: 'undo',
  restoreBlueFloor: 'undo',
  shedGreen: 'undo',
  detachGreen: 'undo',
  withdrawTrust: 'undo',
  deleteGreen: 'undo',
  awaitAbility: 'undo',
  tellPeople: 'beside',
};

const names = (when: string): readonly ActivityName[] =>
  Object.entries(ACTIVITIES).flatMap(([name, value]) =>
    value === when && isName(name) ? [name] : [],
  );

const isName = (name: string): name is ActivityName => Object.hasOwn(ACTIVITIES, name);

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe.each([
  ['in one execution', {}],
  ['with a continue-as-new at every checkpoint', { continueAsNewAfterEvents: 1 }],
])('a rollback requested %s', (_, options) => {
  it.concurrent.each(names('before-commit'))(
    'while %s is in flight brings everything back to blue',
    async (name) => {
      const addons = name === 'probeAddons' ? { addons: FAKE_PROBED_ADDONS } : {};
      const plan = name === 'judgeStep' ? judgedPlan() : fakePlan(addons);
      const migration = await harness.start({ ...options, plan });
      const hold = migration.hold(name);
      const approving = approveGates(migration);
      await hold.reached;

      const answer = await migration.send('rollback', { reason: 'test' });
      hold.release();
      const result = await migration.handle.result();
      await approving;

      expect(answer.accepted).toBe(true);
      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each(names('after-commit'))(
    'while %s is in flight is refused with the reason',
    async (name) => {
      const migration = await harness.start(options);
      const hold = migration.hold(name);
      const approving = approveGates(migration);
      await hold.reached;

      const answer = await migration.send('rollback', { reason: 'too late' });
      hold.release();
      const result = await migration.handle.result();
      await approving;

      expect(answer).toMatchObject({
        accepted: false,
        message: expect.stringContaining('committed'),
      });
      expect(result).toMatchObject({ outcome: 'completed', blue: { exists: false } });
    },
    TIMEOUT_MS,
  );

  it.concurrent.each(['shift', 'retire'] as const)(
    'at gate %s brings everything back to blue',
    async (gate) => {
      const migration = await harness.start(options);
      if (gate === 'retire') {
        await migration.until('gate shift', (status) => status.activity === 'gate:shift');
        await migration.send('approve', { gate: 'shift' });
      }
      await migration.until(`gate ${gate}`, (status) => status.activity === `gate:${gate}`);

      await migration.send('rollback', { reason: 'test' });
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rolled-back');
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'in a pause with green at 5 % brings everything back to blue',
    async () => {
      const migration = await harness.start(options);
      const hold = migration.hold('verifyShare');
      const approving = approveGates(migration);
      await hold.reached;
      await migration.send('pause');
      hold.release();
      await migration.until(
        'the pause to be felt',
        (status) => status.paused !== null && status.greenWeightPercent === 5,
      );

      await migration.send('rollback', { reason: 'test' });
      const result = await migration.handle.result();
      await approving;

      expect(result.outcome).toBe('rolled-back');
      expect(Math.max(...migration.world.weightHistory('web'))).toBe(5);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

/** Waiting for people: who may approve, when, and what a rejection, an expiry or an unreadable message does (I8). */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import * as messages from '#workflows/messages.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness } from './harness.ts';
import { approveGates, reachGate, TIMEOUT_MS } from './walk.ts';

const { gates } = fakePlan().spec;
type Gates = typeof gates;

/** The fake plan with one gate changed. */
function gated<Gate extends keyof Gates>(gate: Gate, change: Partial<Gates[Gate]>): MigrationPlan {
  return fakePlan({ gates: { ...gates, [gate]: { ...gates[gate], ...change } } });
}

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('an approval', () => {
  it.concurrent(
    'counts as an update, which answers, and as a signal from any shell',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');

      const answer = await migration.send('approve', { gate: 'shift' });
      await migration.until('gate retire', ({ activity }) => activity === 'gate:retire');
      await migration.handle.signal(messages.approveSignal, { id: 'shell-1', by: 'grace' });
      const result = await migration.handle.result();

      expect(answer).toEqual({ accepted: true, message: 'gate shift is approved' });
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'of one person counts once, however often and however spelled; a quorum is of different people (I8)',
    async () => {
      const migration = await harness.start({ plan: gated('shift', { quorum: 2 }) });
      await reachGate(migration, 'shift');

      const first = await migration.send('approve', { by: 'ada' });
      const again = await migration.send('approve', { by: 'ada' });
      const respelled = await migration.send('approve', { by: ' Ada ' });
      const waiting = await migration.status();
      const second = await migration.send('approve', { by: 'grace' });
      await migration.until('the shift', ({ activity }) => activity !== 'gate:shift');
      await migration.send('abort');
      await migration.handle.result();

      expect(first.message).toBe('recorded: 1 of 2 approvals for gate shift');
      expect(again).toMatchObject({
        accepted: false,
        message: expect.stringContaining('another person'),
      });
      expect(respelled.accepted).toBe(false);
      expect(waiting).toMatchObject({ activity: 'gate:shift', gate: { approvals: ['ada'] } });
      expect(second.message).toBe('gate shift is approved');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'of the requester is refused where the plan says so',
    async () => {
      const migration = await harness.start({ plan: gated('shift', { notRequester: true }) });
      await reachGate(migration, 'shift');

      const own = await migration.send('approve', { by: 'Requester' });
      const still = await migration.status();
      await migration.send('approve', { by: 'ada' });
      await migration.until('the shift', ({ activity }) => activity !== 'gate:shift');
      await migration.send('abort');
      await migration.handle.result();

      expect(own).toMatchObject({ accepted: false, message: expect.stringContaining('requested') });
      expect(still.activity).toBe('gate:shift');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'for a gate that is not open yet is refused, and as a signal recorded but not applied',
    async () => {
      const migration = await harness.start();
      const hold = migration.hold('awaitGreen');
      await hold.reached;

      const early = await migration.send('approve', { gate: 'shift' });
      await migration.handle.signal(messages.approveSignal, { id: 'early', by: 'ada' });
      hold.release();
      await reachGate(migration, 'shift');
      const retire = await migration.send('approve', { gate: 'retire' });
      const status = await migration.status();
      await migration.send('abort');
      await migration.handle.result();

      expect(early).toEqual({ accepted: false, message: 'refused: gate shift is not open yet' });
      expect(retire).toEqual({ accepted: false, message: 'refused: gate retire is not open yet' });
      expect(status).toMatchObject({
        activity: 'gate:shift',
        gate: { approvals: [] },
        malformedSignals: 1,
        decisions: [],
      });
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'cannot be used again at the next gate (I8)',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { handle } = migration;
      await handle.signal(messages.approveSignal, { id: 'one-word', by: 'ada' });
      await migration.until('gate retire', ({ activity }) => activity === 'gate:retire');

      await handle.signal(messages.approveSignal, { id: 'one-word', by: 'ada' });
      await handle.signal(messages.approveSignal, { id: 'one-word', by: 'ada', gate: 'retire' });
      const status = await migration.until('both', ({ malformedSignals }) => malformedSignals > 0);
      await migration.send('abort');
      await handle.result();

      expect(status).toMatchObject({ activity: 'gate:retire', gate: { approvals: [] } });
    },
    TIMEOUT_MS,
  );
});

describe('a rejection', () => {
  it.concurrent(
    'at gate shift ends the run as rejected: the rules are byte-identical and green never had weight',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');

      const answer = await migration.send('reject', { gate: 'shift', reason: 'not this week' });
      const result = await migration.handle.result();

      expect(answer.accepted).toBe(true);
      expect(result).toMatchObject({ outcome: 'rejected', reason: 'not this week', steps: [] });
      expect(migration.world.weightsWritten()).toEqual([]);
      expect(new Set(migration.world.weightHistory('web'))).toEqual(new Set([0]));
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent.each([
    ['approve', 'completed'],
    ['rollback', 'rolled-back'],
    ['abort', 'aborted'],
  ] as const)(
    'at gate retire holds at 100 %% green until %s makes it %s',
    async (verb, outcome) => {
      const migration = await harness.start();
      await reachGate(migration, 'retire');

      await migration.send('reject', { gate: 'retire', reason: 'blue is still needed' });
      const held = await migration.until(
        'the rejection',
        ({ gate }) => gate?.status === 'rejected',
      );
      const looks = migration.world.calls.count('trafficMetrics.read');
      await migration.until(
        'a guard that goes on looking',
        () => migration.world.calls.count('trafficMetrics.read') > looks + 3,
      );
      const answer = await migration.send(verb, { reason: 'decided' });
      const result = await migration.handle.result();

      expect(held).toMatchObject({ activity: 'gate:retire', greenWeightPercent: 100 });
      expect(answer.accepted).toBe(true);
      expect(result.outcome).toBe(outcome);
      if (outcome !== 'completed') expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'at gate retire leaves the guard on: a green that breaks then is rolled back (I1)',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'retire');
      await migration.send('reject', { gate: 'retire' });

      migration.world.breakGreen(0.5);
      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('error-rate'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

describe('an expiry', () => {
  it.concurrent.each(['hold', 'reject'] as const)(
    'of gate retire with %s keeps 100 %% green under guard, and a late approval still counts',
    async (onExpiry) => {
      const plan = gated('retire', { expiresSeconds: 0.5, onExpiry });
      const migration = await harness.start({ plan });
      await reachGate(migration, 'retire');

      const held = await migration.until('the expiry', ({ gate }) => gate?.status === 'expired');
      const answer = await migration.send('approve', { gate: 'retire' });
      const result = await migration.handle.result();

      expect(held).toMatchObject({ activity: 'gate:retire', greenWeightPercent: 100 });
      expect(held.gate?.expiresAt).toBeNull();
      expect(answer.accepted).toBe(true);
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'of gate retire can roll back by itself',
    async () => {
      const plan = gated('retire', { expiresSeconds: 0.5, onExpiry: 'roll-back' });
      const migration = await harness.start({ plan });
      await reachGate(migration, 'shift');
      await migration.send('approve');

      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('expired'),
      });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is not put off by a pause',
    async () => {
      const migration = await harness.start({ plan: gated('shift', { expiresSeconds: 1 }) });
      await reachGate(migration, 'shift');

      const paused = await migration.send('pause');
      const result = await migration.handle.result();

      expect(paused.accepted).toBe(true);
      expect(result).toMatchObject({
        outcome: 'rejected',
        reason: expect.stringContaining('expired'),
      });
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'is where it was after a continue-as-new: a moved run neither forgets nor renews it',
    async () => {
      const plan = gated('shift', { expiresSeconds: 2, quorum: 2 });
      const migration = await harness.start({ plan, continueAsNewAfterEvents: 1 });
      const { gate } = await migration.until('gate shift', (status) => status.gate !== null);
      await migration.send('approve', { by: 'ada' });
      const moved = await migration.until(
        'the approval',
        (status) => status.gate?.approvals.length === 1,
      );

      const result = await migration.handle.result();

      expect(moved.gate?.expiresAt).toBe(gate?.expiresAt);
      expect(result.outcome).toBe('rejected');
    },
    TIMEOUT_MS,
  );
});

describe('a signal that cannot be read', () => {
  it.concurrent(
    'is counted and changes nothing else; the next good one is heard',
    async () => {
      const migration = await harness.start();
      await reachGate(migration, 'shift');
      const { handle } = migration;

      await handle.signal('approve', 'yes');
      await handle.signal('approve', null);
      await handle.signal('approve');
      await handle.signal('approve', { id: 5, by: 'ada' });
      await handle.signal('approve', { id: 'x', by: 'ada', gate: 'exit' });
      await handle.signal('approve', [{ id: 'x', by: 'ada' }]);
      await handle.signal('rollback', { id: 'x', by: 'ada', force: true });
      await handle.signal('rollback', { id: 'x', by: 'ada', force: 'yes', reason: 'because' });
      await handle.signal('promote', { id: 'x', by: 'ada' });
      const ignored = await migration.until(
        'all of them',
        (status) => status.malformedSignals >= 9,
      );
      const refused = await migration.send('rollback', { force: true });
      const approving = approveGates(migration);
      const result = await handle.result();
      await approving;

      expect(ignored).toMatchObject({
        activity: 'gate:shift',
        malformedSignals: 9,
        decisions: [],
        stop: null,
      });
      expect(refused).toEqual({ accepted: false, message: '"force" needs a "reason"' });
      expect(result.outcome).toBe('completed');
    },
    TIMEOUT_MS,
  );
});

/**
 * Messages in a crowd (I8, I9): hundreds of signals and updates, with copies, while the run moves to a new execution
 * at every checkpoint. None is lost, none is applied twice.
 */
import { randomUUID } from 'node:crypto';
import type { Answer } from '#domain/migration/messages.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import * as messages from '#workflows/messages.ts';
import { expectEverythingBack } from './everything-back.ts';
import { sendUpdate, startHarness, type TestMigration } from './harness.ts';
import { reachGate, TIMEOUT_MS } from './walk.ts';

/** A shift gate that needs this many different people: each approval wakes the gate, which then continues as new. */
async function crowdedGate(quorum: number): Promise<TestMigration> {
  const { gates } = fakePlan().spec;
  const plan = fakePlan({ gates: { ...gates, shift: { ...gates.shift, quorum } } });
  const migration = await harness.start({ plan, continueAsNewAfterEvents: 1 });
  await reachGate(migration, 'shift');
  return migration;
}

interface Sent {
  readonly id: string;
  readonly by: string;
}

/** Different people with a message each, and every fifth message sent once more. */
function crowd(kind: string, size: number): readonly Sent[] {
  const people = Array.from({ length: size }, (_, index) => ({
    id: `${kind}-${index}`,
    by: `${kind}-person-${index}`,
  }));
  return people.flatMap((message, index) => (index % 5 === 0 ? [message, message] : [message]));
}

/** All of them, this many at a time: a server takes ten updates of one run at once. */
async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const left = items.entries();
  const results: Result[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const [index, item] of left) results[index] = await work(item);
    }),
  );
  return results;
}

async function executions({ handle }: TestMigration): Promise<number> {
  let count = 0;
  for (let runId: string | null | undefined = handle.firstExecutionRunId; runId; count += 1) {
    const { events } = await harness.env.client.workflow
      .getHandle(handle.workflowId, runId)
      .fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return count;
}

// Awaited here because jest starts concurrent tests before `beforeAll` has ended.
const harness = await startHarness();
afterAll(() => harness.stop());

describe('300 signals and 200 updates while the run continues as new at every checkpoint', () => {
  it.concurrent(
    'are each applied exactly once, copies and all',
    async () => {
      const signals = crowd('signal', 250);
      const updates = crowd('update', 166).slice(0, 200);
      const people = new Set([...signals, ...updates].map(({ by }) => by));
      const migration = await crowdedGate(people.size + 1);
      const { handle } = migration;

      const [answers] = await Promise.all([
        inLanes(updates, 8, async (message): Promise<Answer> =>
          sendUpdate(handle, 'approve', message),
        ),
        inLanes(signals, 8, async (message) => handle.signal(messages.approveSignal, message)),
      ]);
      const full = await migration.until(
        'everybody to be counted',
        ({ gate }) => (gate?.approvals.length ?? 0) >= people.size,
      );
      const last = await migration.send('approve', { by: 'the-last-one' });
      await migration.until('what follows', ({ gate }) => gate === null);
      await migration.send('abort', { reason: 'enough seen' });
      const result = await handle.result();

      expect([signals.length, updates.length]).toEqual([300, 200]);
      expect(answers.filter(({ accepted }) => !accepted)).toEqual([]);
      expect(full.gate?.approvals.toSorted()).toEqual([...people].toSorted());
      expect(full.malformedSignals).toBe(0);
      expect(last).toEqual({ accepted: true, message: 'gate shift is approved' });
      expect(result.outcome).toBe('aborted');
      expect(await executions(migration)).toBeGreaterThan(10);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'of other verbs leave one decision each, and what cannot be read is counted, not applied',
    async () => {
      const migration = await crowdedGate(1_000);
      const { handle } = migration;
      const pauses = crowd('pause', 60);
      const approvals = crowd('approve', 30);
      const broken = Array.from({ length: 25 }, (_, index) => ({ id: index, by: 'shell' }));

      await Promise.all([
        inLanes(pauses, 4, async (message) => handle.signal(messages.pauseSignal, message)),
        inLanes(approvals, 4, async (message) => sendUpdate(handle, 'approve', message)),
        inLanes(broken, 4, async (message) => handle.signal(messages.pauseSignal, message)),
      ]);
      const status = await migration.until(
        'all of them',
        ({ decisions, malformedSignals }) => decisions.length >= 90 && malformedSignals >= 25,
      );
      await migration.send('abort');
      await handle.result();

      const decided = status.decisions.map(({ verb, id }) => `${verb} ${id}`);
      const expected = [
        ...pauses.map(({ id }) => `pause ${id}`),
        ...approvals.map(({ id }) => `approve ${id}`),
      ];
      expect(decided.toSorted()).toEqual([...new Set(expected)].toSorted());
      expect(status.malformedSignals).toBe(25);
    },
    TIMEOUT_MS,
  );

  it.concurrent(
    'do not drown a rollback that comes in their middle',
    async () => {
      const migration = await crowdedGate(1_000);
      const { handle } = migration;
      const signals = crowd('signal', 80);
      const rollback = { id: randomUUID(), by: 'ada', reason: 'in the middle' };

      const sending = inLanes([...signals.entries()], 8, async ([index, message]) => {
        if (index === 50) await handle.signal(messages.rollbackSignal, rollback);
        await handle.signal(messages.approveSignal, message).catch(() => undefined);
      });
      const result = await handle.result();
      await sending;

      expect(result).toMatchObject({ outcome: 'rolled-back', reason: 'in the middle' });
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );
});

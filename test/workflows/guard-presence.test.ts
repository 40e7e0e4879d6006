/**
 * Before more users go, and at the end of a soak, Temporal is asked whether the guard is at its work (I4). Here on a real server; what
 * follows where it is not, at every moment of a run, is told by the simulator.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { CutoverFailure } from '#domain/failures.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { startHarness, type TestMigration } from './harness.ts';
import { approveGates, TIMEOUT_MS } from './walk.ts';

const harness = await startHarness();
afterAll(() => harness.stop());

/** What each question about green's ability found of the guard, oldest first; undefined where it was not asked for. */
async function presences(migration: TestMigration): Promise<readonly unknown[]> {
  const { events } = await migration.handle.fetchHistory();
  const asked = new Set(
    (events ?? []).flatMap((event) => {
      const { activityType } = event.activityTaskScheduledEventAttributes ?? {};
      return activityType?.name === 'checkAbility' ? [String(event.eventId)] : [];
    }),
  );
  return (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: done }) => {
    const [payload] = done?.result?.payloads ?? [];
    return payload !== undefined && asked.has(String(done?.scheduledEventId))
      ? [fieldsOf(defaultPayloadConverter.fromPayload(payload))['guard']]
      : [];
  });
}

it.concurrent(
  'is asked before every step that follows a bake, and at the end of the soak',
  async () => {
    const migration = await harness.start();
    const approving = approveGates(migration);
    const { outcome } = await migration.handle.result();
    await approving;

    expect(outcome).toBe('completed');
    // The rehearsal, the first step, two more, and the soak.
    expect(await presences(migration)).toEqual([undefined, undefined, 'there', 'there', 'there']);
  },
  TIMEOUT_MS,
);

it.concurrent(
  'of a guard that died is waited for until it has looked',
  async () => {
    const migration = await harness.start();
    migration.failNext(
      'guardTraffic',
      new CutoverFailure('unavailable', 'the worker is gone', { resource: 'guard' }),
    );
    const approving = approveGates(migration);
    const { outcome } = await migration.handle.result();
    await approving;

    expect(outcome).toBe('completed');
    const found = (await presences(migration)).filter((one) => one !== undefined);
    expect(found.at(-1)).toBe('there');
    expect(found.filter((one) => one === 'there')).toHaveLength(3);
  },
  TIMEOUT_MS,
);

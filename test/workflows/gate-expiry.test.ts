/** Gates that wait for days, on a server that skips the waiting. */
import { fakePlan } from '#test/fakes/fake-plan.ts';
import * as messages from '#workflows/messages.ts';
import { expectEverythingBack } from './everything-back.ts';
import { startHarness, type Harness } from './harness.ts';
import { TIMEOUT_MS } from './walk.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness('time-skipping');
}, TIMEOUT_MS);
afterAll(() => harness.stop());

// One after the other: the server has one time for all.
describe('a shift gate that nobody answers for 24 hours', () => {
  it(
    'ends the run as rejected, and no user ever met green',
    async () => {
      const migration = await harness.start();

      const result = await migration.handle.result();

      expect(result).toMatchObject({
        outcome: 'rejected',
        reason: expect.stringContaining('gate shift expired'),
      });
      expect(Math.max(...migration.world.weightHistory('web'))).toBe(0);
      expectEverythingBack(migration);
    },
    TIMEOUT_MS,
  );

  it(
    'that lacks one approval of its quorum is rejected all the same',
    async () => {
      const { gates } = fakePlan().spec;
      const plan = fakePlan({ gates: { ...gates, shift: { ...gates.shift, quorum: 2 } } });
      const migration = await harness.start({ plan });
      await migration.until('gate shift', ({ activity }) => activity === 'gate:shift');

      await harness.env.sleep('23 hours');
      await migration.handle.signal(messages.approveSignal, { id: 'one', by: 'ada' });
      const result = await migration.handle.result();

      expect(result.outcome).toBe('rejected');
    },
    TIMEOUT_MS,
  );

  it(
    'is open until the last hour',
    async () => {
      const migration = await harness.start();
      await migration.until('gate shift', ({ activity }) => activity === 'gate:shift');

      await harness.env.sleep('23 hours');
      const open = await migration.status();
      await migration.handle.signal(messages.abortSignal, { id: 'enough', by: 'ada' });
      const result = await migration.handle.result();

      expect(open).toMatchObject({ activity: 'gate:shift', gate: { status: 'open' } });
      expect(result.outcome).toBe('aborted');
    },
    TIMEOUT_MS,
  );
});

/**
 * What a migration costs of Temporal, measured on a real server: history events, and billable Actions by Temporal's published rules.
 * What grows with time instead of with steps is measured on virtual time, in `test/simulation/long-runs.test.ts`.
 */
import type { MigrationPlan } from '#domain/migration-plan.ts';
import { billableActions, sumOf } from '#sandbox/temporal/billable-actions.ts';
import { startHarness } from './harness.ts';
import { judgedPlan } from './judged-plan.ts';
import { approveGates, TIMEOUT_MS } from './walk.ts';

const harness = await startHarness();
afterAll(() => harness.stop());

/** Steps of the default plan, `examples/1-default.yaml`. */
const STEPS = [1, 5, 25, 50, 100] as const;
const ONE_MORE = [1, 5, 10, 25, 50, 100] as const;

/**
 * Four activities one after the other (able? set, seen, judged), the bake's timer, the weight as a search attribute, and a guard
 * that is replaced because it must know the new weight; each wakes the workflow.
 */
const EVENTS_PER_STEP = 37;

function planOf(steps: readonly number[]): MigrationPlan {
  const { spec } = judgedPlan();
  const groups = spec.traffic.groups.map((group) => ({ ...group, steps: [...steps] }));
  return { ...judgedPlan(), spec: { ...spec, traffic: { ...spec.traffic, groups } } };
}

async function costOf(steps: readonly number[]) {
  const migration = await harness.start({ plan: planOf(steps) });
  const approving = approveGates(migration);
  const { outcome } = await migration.handle.result();
  await approving;
  const { events } = await migration.handle.fetchHistory();
  const judged = migration.called.filter((name) => name === 'judgeStep').length;
  return { outcome, judged, events: events?.length ?? 0, actions: billableActions(events ?? []) };
}

it(
  'a migration costs what its steps cost: at most 400 events with five of them',
  async () => {
    const [five, six] = await Promise.all([costOf(STEPS), costOf(ONE_MORE)]);

    expect([five.outcome, six.outcome]).toEqual(['completed', 'completed']);
    expect([five.judged, six.judged]).toEqual([5, 6]);
    expect(five.events).toBeLessThanOrEqual(400);
    // A busy machine may handle two things in one task, or in two.
    expect(six.events - five.events).toBeLessThanOrEqual(EVENTS_PER_STEP + 12);
    // Four activities, the guard, the timer, the search attribute.
    expect(six.actions.activities - five.actions.activities).toBe(5);
    expect(six.actions.timers - five.actions.timers).toBe(1);
    expect(six.actions.searchAttributes - five.actions.searchAttributes).toBe(1);
    expect(sumOf(five.actions)).toBeLessThanOrEqual(150);
  },
  2 * TIMEOUT_MS,
);

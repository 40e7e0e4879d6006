/**
 * What a migration costs of Temporal, measured on a real server: history events, and billable Actions by Temporal's published rules.
 * What grows with time instead of with steps is measured on virtual time, in `test/simulation/long-runs.test.ts`.
 */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { billableActions, sumOf } from '#sandbox/temporal/billable-actions.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { startHarness } from './harness.ts';
import { judgedPlan } from './judged-plan.ts';
import { approveGates, TIMEOUT_MS } from './walk.ts';

const harness = await startHarness();
afterAll(() => harness.stop());

/** Steps of the default plan, `examples/1-default.yaml`. */
const STEPS = [1, 5, 25, 50, 100] as const;
const TEN_MORE = [1, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100] as const;

/**
 * Three activities one after the other (able? set, seen), the bake's timer, the weight as a search attribute; each wakes the workflow.
 * A comparison is a fourth activity. The guard watches on: it asks for the new weight.
 */
const EVENTS_PER_STEP = 25;
const EVENTS_PER_JUDGEMENT = 6;
/** A busy machine may handle two things in one workflow task, or in two. */
const LUCK = 12;
/** Where a guard looked late, or has just begun, a step asks for it again, after a timer. */
const LATE_LOOKS = 2;

function planOf({ spec, ...plan }: MigrationPlan, steps: readonly number[]): MigrationPlan {
  const groups = spec.traffic.groups.map((group) => ({ ...group, steps: [...steps] }));
  return { ...plan, spec: { ...spec, traffic: { ...spec.traffic, groups } } };
}

async function costOf(plan: MigrationPlan) {
  const migration = await harness.start({ plan });
  const approving = approveGates(migration);
  const { outcome } = await migration.handle.result();
  await approving;
  const { events } = await migration.handle.fetchHistory();
  const timesCalled = (activity: string): number =>
    migration.called.filter((name) => name === activity).length;
  return {
    outcome,
    judged: timesCalled('judgeStep'),
    guards: timesCalled('guardTraffic'),
    questions: timesCalled('checkAbility'),
    events: events?.length ?? 0,
    actions: billableActions(events ?? []),
  };
}

it(
  'a migration costs what its steps cost: at most 400 events with the five of the default plan',
  async () => {
    // As in the default plan bakes are too short for the judge.
    const [five, fifteen, judged] = await Promise.all([
      costOf(planOf(fakePlan(), STEPS)),
      costOf(planOf(fakePlan(), TEN_MORE)),
      costOf(planOf(judgedPlan(), STEPS)),
    ]);

    expect([five.outcome, fifteen.outcome, judged.outcome]).toEqual(Array(3).fill('completed'));
    expect([five.judged, fifteen.judged, judged.judged]).toEqual([0, 0, STEPS.length]);
    expect(five.events).toBeLessThanOrEqual(400);
    expect(fifteen.events - five.events).toBeLessThanOrEqual(10 * EVENTS_PER_STEP + LUCK);
    // One, and another where a busy machine let it look late.
    expect(fifteen.guards).toBeLessThanOrEqual(3);
    expect(judged.events - five.events).toBeLessThanOrEqual(
      EVENTS_PER_JUDGEMENT * STEPS.length + 2 * LUCK,
    );
    // Three activities a step; the timer; the search attribute.
    const others = ({ actions, guards, questions }: typeof five): number =>
      actions.activities - guards - questions;
    expect(others(fifteen) - others(five)).toBe(20);
    expect(Math.abs(fifteen.questions - five.questions - 10)).toBeLessThanOrEqual(LATE_LOOKS);
    const timers = fifteen.actions.timers - five.actions.timers;
    expect(Math.abs(timers - 10)).toBeLessThanOrEqual(LATE_LOOKS);
    expect(fifteen.actions.searchAttributes - five.actions.searchAttributes).toBe(10);
    expect(sumOf(judged.actions)).toBeLessThanOrEqual(150);
  },
  2 * TIMEOUT_MS,
);

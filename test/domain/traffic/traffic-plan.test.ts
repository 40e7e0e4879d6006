import * as fc from 'fast-check';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import {
  greenMayHaveUsers,
  greenWeightPercent,
  nextStep,
  trafficPlan,
  withStep,
  type TrafficStep,
} from '#domain/traffic/traffic-plan.ts';
import { planWith, rightPlan, route } from '#test/domain/plan/plan-builder.ts';
import { anyRunningState, AT, LATER, stateWith } from '#test/domain/states.ts';

type Traffic = MigrationPlan['spec']['traffic'];

function traffic(groups: readonly Readonly<Record<string, unknown>>[]): Traffic {
  return rightPlan(planWith({ 'spec.traffic.groups': groups })).spec.traffic;
}

const TWO_GROUPS = traffic([
  { name: 'storefront', steps: [1, 50, 100], bake: '5m', routes: [route(1), route(2)] },
  { name: 'office', steps: [50, 100], bake: '10m', routes: [route(3)] },
]);

describe('the traffic plan', () => {
  it('goes group after group in the plan’s order, each group’s routes together, step by step', () => {
    expect(trafficPlan(TWO_GROUPS, 100)).toEqual([
      step(0, 'storefront', ['route-1', 'route-2'], 1, 300),
      step(1, 'storefront', ['route-1', 'route-2'], 50, 300),
      step(2, 'storefront', ['route-1', 'route-2'], 100, 300),
      step(3, 'office', ['route-3'], 50, 600),
      { ...step(4, 'office', ['route-3'], 100, 600), handOver: true },
    ]);
  });

  it('hands singletons over at the plan’s step of the last group, when every group’s users can follow (I7)', () => {
    const at = (percent: number) =>
      trafficPlan(TWO_GROUPS, percent).findIndex(({ handOver }) => handOver);

    expect([at(50), at(100), at(1), at(60)]).toEqual([3, 4, 3, 4]);
  });

  it('leaves blue what the plan keeps for it, under the names of its steps and with the hand-over at its step', () => {
    const steps = trafficPlan(TWO_GROUPS, 100, 5);

    expect(steps.map(({ percent }) => percent)).toEqual([1, 50, 100, 50, 100]);
    expect(steps.map(({ weightPercent }) => weightPercent)).toEqual([1, 50, 95, 50, 95]);
    expect(steps.findIndex(({ handOver }) => handOver)).toBe(4);
  });

  it('hands singletons over exactly once, whatever the groups and the step', () => {
    fc.assert(
      fc.property(anyTraffic, fc.integer({ min: 1, max: 100 }), (groups, handOverAt) => {
        const steps = trafficPlan(groups, handOverAt);
        const handOvers = steps.filter(({ handOver }) => handOver);

        expect(handOvers).toHaveLength(1);
        expect(handOvers[0]?.group).toBe(groups.groups.at(-1)?.name);
        expect(handOvers[0]?.percent).toBeGreaterThanOrEqual(handOverAt);
      }),
    );
  });

  it('never lowers a group’s weight and ends each group at 100 %', () => {
    fc.assert(
      fc.property(anyTraffic, (groups) => {
        const steps = trafficPlan(groups, 100);

        expect(steps.map(({ index }) => index)).toEqual(steps.map((_, index) => index));
        for (const { name } of groups.groups) {
          const own = steps.filter(({ group }) => group === name).map(({ percent }) => percent);
          expect(own).toEqual(own.toSorted((a, b) => a - b));
          expect(own.at(-1)).toBe(100);
        }
      }),
    );
  });
});

describe('the next step', () => {
  const steps = trafficPlan(TWO_GROUPS, 100);

  it('is the first in a fresh run, and none when all are done', () => {
    expect(nextStep(steps, stateWith())).toBe(steps[0]);
    expect(nextStep(steps, doneUntil(steps, 5))).toBeNull();
    expect(nextStep([], stateWith())).toBeNull();
  });

  it('is the step that was begun and not finished', () => {
    const begun = withStep(doneUntil(steps, 2), step(2, 'storefront', [], 100, 300), AT, {});

    expect(nextStep(steps, begun)).toBe(steps[2]);
  });

  it('walks every step once, in order, also when the run moves to a new execution after each', () => {
    fc.assert(
      fc.property(anyTraffic, (groups) => {
        const all = trafficPlan(groups, 100);
        const walked: TrafficStep[] = [];
        let state = stateWith();
        for (let next = nextStep(all, state); next !== null; next = nextStep(all, state)) {
          walked.push(next);
          state = JSON.parse(JSON.stringify(withStep(state, next, AT, { doneAt: AT })));
        }

        expect(walked).toEqual(all);
      }),
    );
  });
});

describe('a step’s record', () => {
  const [first] = trafficPlan(TWO_GROUPS, 100);

  it('begins when the step begins, and keeps that time through changes', () => {
    if (first === undefined) throw new Error('no step');
    const begun = withStep(stateWith(), first, AT, {});
    const baked = withStep(begun, first, LATER, { bakedSeconds: 12 });

    expect(baked.steps).toEqual([
      {
        group: 'storefront',
        percent: 1,
        startedAt: AT,
        bakedSeconds: 12,
        observedPercent: null,
        requests: null,
        doneAt: null,
      },
    ]);
    expect(begun.steps[0]?.bakedSeconds).toBe(0);
  });
});

describe('green’s users', () => {
  const none = { intended: 0, readBack: 0, observed: 0 };

  it('are counted by the greatest intended weight of any route', () => {
    const weights = { web: { ...none, intended: 5 }, api: { ...none, intended: 25 } };

    expect(greenWeightPercent(stateWith({ weights }))).toBe(25);
    expect(greenWeightPercent(stateWith())).toBe(0);
  });

  it.each([
    [none, false],
    [{ intended: 0, readBack: null, observed: null }, false],
    [{ ...none, intended: 1 }, true],
    [{ ...none, readBack: 1 }, true],
    [{ ...none, observed: 0.01 }, true],
  ])('could be there with %j: %s, since one sign is enough (I9)', (weight, expected) => {
    expect(greenMayHaveUsers(stateWith({ weights: { web: none, api: weight } }))).toBe(expected);
  });

  it('could be there whenever a weight is shown', () => {
    fc.assert(
      fc.property(anyRunningState, (state) => {
        if (greenWeightPercent(state) > 0) expect(greenMayHaveUsers(state)).toBe(true);
      }),
    );
  });
});

function step(
  index: number,
  group: string,
  routeIds: readonly string[],
  percent: number,
  bakeSeconds: number,
): TrafficStep {
  const bakeAtMostSeconds = Math.max(300, 6 * bakeSeconds);
  const weightPercent = percent;
  const bakes = { bakeSeconds, bakeAtMostSeconds };
  return { index, group, routeIds, percent, weightPercent, ...bakes, handOver: false };
}

function doneUntil(steps: readonly TrafficStep[], count: number): MigrationState {
  return steps
    .slice(0, count)
    .reduce((state, one) => withStep(state, one, AT, { doneAt: AT }), stateWith());
}

/** Groups as a right plan can have them. */
const anyTraffic: fc.Arbitrary<Traffic> = fc
  .array(
    fc
      .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
      .map((steps) => [...steps.toSorted((a, b) => a - b), 100]),
    { minLength: 1, maxLength: 4 },
  )
  .map((groups) =>
    traffic(
      groups.map((steps, index) => ({
        name: `group-${index}`,
        steps,
        bake: '10m',
        routes: [route(index + 1)],
      })),
    ),
  );

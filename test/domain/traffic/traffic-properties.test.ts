/**
 * No sequence of steps, holds, amendments, edits by others, late writes, pulls of the guard and rollbacks, with a crash at any
 * point, yields 0/0, a weight above 999, or green traffic after a finished rollback (I1, I2, I6, I9). A sequence that does is
 * shrunk and printed, with the seed that finds it again.
 */
import * as fc from 'fast-check';
import { weightsFor } from '#activities/adapters/aws/alb-weights.ts';
import { rollbackPlan } from '#domain/migration/rollback-plan.ts';
import { planWith, rightPlan, route } from '#test/domain/plan/plan-builder.ts';
import { createPureHands, LANDS_WITHIN_SECONDS } from '#test/domain/pure-hands.ts';
import { resolvedWith } from '#test/domain/states.ts';
import { anyStory, STORY_ROUTES as ROUTES, type Story } from './traffic-stories.ts';
import {
  isEverythingUndone,
  REAL_DECISIONS,
  TrafficModel,
  type Decisions,
} from './traffic-model.ts';

const { spec: PLAN } = rightPlan(
  planWith({
    'spec.traffic.groups': [
      { name: 'storefront', steps: [1, 50, 100], routes: [route(1), route(2)] },
      { name: 'office', steps: [25, 100], routes: [route(3)] },
    ],
  }),
);
const RUNS = 4_000;

interface Parts {
  readonly decisions: Decisions;
  readonly weightsFor: typeof weightsFor;
}

const REAL: Parts = { decisions: REAL_DECISIONS, weightsFor };

/** Plays the story; throws where users meet something that they must never meet. */
async function tell({ events, crashes }: Story, parts: Parts): Promise<TrafficModel> {
  const hands = createPureHands(ROUTES, parts.weightsFor);
  const check = (): void => {
    for (const weights of hands.weights()) {
      if (weights.every((weight) => weight === 0)) throw new Error('a rule of 0/0');
      const wrong = weights.find(
        (weight) => !Number.isInteger(weight) || weight < 0 || weight > 999,
      );
      if (wrong !== undefined) throw new Error(`a weight of ${wrong}`);
    }
  };
  const model = new TrafficModel({
    plan: PLAN,
    resolved: resolvedWith(ROUTES),
    hands,
    decisions: parts.decisions,
    check,
  });
  for (const event of events) await model.play(event);
  await model.rollBack(crashes);
  await hands.pass(10 * LANDS_WITHIN_SECONDS);
  check();
  for (const [id, share] of await hands.shares())
    if (share !== null && share !== 0) throw new Error(`${id} reads ${share} after the rollback`);
  return model;
}

const foreverGood = (parts: Parts) =>
  fc.asyncProperty(anyStory, async (story) => {
    await tell(story, parts);
  });

describe('traffic, whatever happens', () => {
  it('never has 0/0 nor a weight above 999, and none on green after a rollback', async () => {
    await fc.assert(foreverGood(REAL), { numRuns: RUNS });
  });

  it('leaves nothing of the migration on any route after a rollback', async () => {
    await fc.assert(
      fc.asyncProperty(anyStory, async (story) => {
        expect(isEverythingUndone(await tell(story, REAL))).toBe(true);
      }),
    );
  });

  it('gets to 100 % in such stories, is amended, edited and pulled, so that they say something', async () => {
    const seen = { full: 0, amended: 0, halted: 0, stopped: 0 };
    for (const { events } of fc.sample(anyStory, { numRuns: 300, seed: 7 })) {
      const hands = createPureHands(ROUTES);
      const model = new TrafficModel({
        plan: PLAN,
        resolved: resolvedWith(ROUTES),
        hands,
        decisions: REAL_DECISIONS,
        check: () => undefined,
      });
      for (const event of events) await model.play(event);
      const { weights, amended, halted, stop } = model.state;
      if (Object.values(weights).some(({ readBack }) => readBack === 100)) seen.full += 1;
      if (amended !== undefined) seen.amended += 1;
      if (halted !== null) seen.halted += 1;
      if (stop !== null) seen.stopped += 1;
    }

    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(10);
  });
});

describe('the properties of traffic', () => {
  const decisions = (changes: Partial<Decisions>): Parts => ({
    ...REAL,
    decisions: { ...REAL_DECISIONS, ...changes },
  });

  it.each<readonly [string, Parts, string]>([
    [
      'a rollback that forgets a route',
      decisions({
        rollbackPlan: (state, green) => {
          const { [ROUTES[1] ?? '']: _, ...weights } = state.weights;
          const resolved = resolvedWith(ROUTES.filter((id) => id !== ROUTES[1]));
          return rollbackPlan({ ...state, weights, resolved }, green);
        },
      }),
      'route-2 reads',
    ],
    [
      'a rollback that brings back only what was read back',
      decisions({
        rollbackPlan: (state, green) => {
          const weights = Object.fromEntries(
            Object.entries(state.weights).map(([id, weight]) => [
              id,
              { ...weight, intended: weight.readBack ?? 0 },
            ]),
          );
          const effects = {};
          return rollbackPlan({ ...state, weights, effects }, green);
        },
      }),
      'reads',
    ],
    [
      'a rollback that holds routes on blue only where a write was never read back',
      decisions({
        keepsOnBlue: ({ weights }) =>
          Object.values(weights).some(
            ({ intended, readBack }) => intended > 0 && readBack !== intended,
          ),
      }),
      'after the rollback',
    ],
    [
      'a scale of 1,000',
      { ...REAL, weightsFor: (percent) => ({ blue: 1_000 - percent * 10, green: percent * 10 }) },
      'a weight of 1000',
    ],
    [
      'a way back that takes all weights off',
      {
        ...REAL,
        weightsFor: (percent) => (percent === 0 ? { blue: 0, green: 0 } : weightsFor(percent)),
      },
      'a rule of 0/0',
    ],
  ])('find %s', async (_, mutant, found) => {
    const details = await fc.check(foreverGood(mutant), { numRuns: RUNS, seed: 11 });

    expect(details.failed).toBe(true);
    const cause = details.errorInstance;
    expect(cause instanceof Error ? cause.message : '').toContain(found);
    expect(details.counterexample?.[0].events.length).toBeLessThan(12);
  });
});

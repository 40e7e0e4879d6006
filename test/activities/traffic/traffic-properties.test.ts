/**
 * The stories of `test/domain/traffic/traffic-properties.test.ts` again, with the real activities as the hands, on a load balancer in
 * memory whose clock is moved by whoever waits: what the properties say of the decisions holds of what sets weights, too.
 */
import * as fc from 'fast-check';
import type { Clock } from '#activities/ports/clock.ts';
import { PRODUCTION_TIMINGS } from '#activities/timings.ts';
import type { FoundShare } from '#domain/traffic/foreign-edits.ts';
import { anyStory, type Story } from '#test/domain/traffic/traffic-stories.ts';
import {
  isEverythingUndone,
  REAL_DECISIONS,
  TrafficModel,
  type Decisions,
  type Hands,
} from '#test/domain/traffic/traffic-model.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import { forwardOf, percentOf } from '#test/fakes/fake-rule.ts';
import { createStage, resolvedInput, type Stage } from '#test/activities/run-activity.ts';

const RUNS = 60;
const LANDS_WITHIN_MS = PRODUCTION_TIMINGS.lateWriteMs;

const { traffic } = fakePlan().spec;
const [GROUP] = traffic.groups;
if (GROUP === undefined) throw new Error('the fake plan has a group');
const PLAN = fakePlan({
  traffic: {
    ...traffic,
    groups: [
      { ...GROUP, steps: [1, 50, 100], routes: [fakeRoute('route-1'), fakeRoute('route-2')] },
      { ...GROUP, name: 'office', steps: [25, 100], routes: [fakeRoute('route-3')] },
    ],
  },
});

/** Time that passes only when somebody sleeps; what is due happens on the way. */
class StepClock implements Clock {
  #nowMs = 1_800_000_000_000;
  readonly #due: { readonly atMs: number; readonly happen: () => Promise<void> }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.pass(ms);
  }

  limit(): AbortSignal {
    return new AbortController().signal;
  }

  secret(): string {
    return 'secret';
  }

  at(atMs: number, happen: () => Promise<void>): void {
    this.#due.push({ atMs, happen });
  }

  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    for (;;) {
      const index = this.#due.findIndex(({ atMs }) => atMs <= this.#nowMs);
      const [due] = index === -1 ? [] : this.#due.splice(index, 1);
      if (due === undefined) return;
      await due.happen();
    }
  }
}

async function realHands(
  stage: Stage,
  clock: StepClock,
  input: Awaited<ReturnType<typeof resolvedInput>>,
): Promise<Hands> {
  const { world, activities, once } = stage;
  const { loadBalancer, calls } = world;
  const rules = input.resolved.routes.map((route) => ({
    id: route.id,
    rule: loadBalancer.ruleOfBlue(route.blueTargetGroupArn),
  }));
  return {
    write: async (routeIds, percent) => {
      const { readBack } = await once(async () =>
        activities.setWeights({ ...input, routeIds, percent }),
      );
      await clock.pass(1_000);
      return readBack;
    },
    writeLate: async (routeIds, percent, afterSeconds) => {
      if (afterSeconds * 1000 > LANDS_WITHIN_MS) return;
      for (const id of routeIds) {
        const write = calls.holdNext('router.setGreenPercent');
        const attempt = once(async () =>
          activities.setWeights({ ...input, routeIds: [id], percent }),
        ).catch(() => undefined);
        if ((await Promise.race([write.reached.then(() => true), attempt])) !== true) {
          // Refused before it was sent: the rule is not as we left it. The next write must not wait in its place.
          write.release();
          continue;
        }
        clock.at(clock.nowMs() + afterSeconds * 1000, async () => {
          write.release();
          await attempt;
        });
      }
    },
    keepOnBlue: async (routeIds) => {
      await once(async () => activities.keepOnBlue({ ...input, routeIds, percent: 0 }));
    },
    detach: async () => once(async () => activities.detachGreen(input)),
    meddle: async (routeId, share) => {
      const route = input.resolved.routes.find(({ id }) => id === routeId);
      if (route === undefined) return;
      const { blueTargetGroupArn: blue, greenTargetGroupArn: green } = route;
      const stranger = [
        { arn: green, weight: 1 },
        { arn: 'strange', weight: 1 },
      ];
      const ours = (percent: number) => [
        { arn: blue, weight: Math.min(999, 1_000 - percent * 10) },
        { arn: green, weight: Math.min(999, percent * 10) },
      ];
      if (share === 'strange') loadBalancer.meddle(blue, stranger);
      else loadBalancer.meddle(blue, share === null ? [{ arn: blue, weight: 1 }] : ours(share));
    },
    shares: async () =>
      new Map(rules.map(({ id, rule }): readonly [string, FoundShare] => [id, percentOf(rule)])),
    weights: () => rules.map(({ rule }) => forwardOf(rule).map(({ weight }) => weight)),
    pass: async (seconds) => clock.pass(seconds * 1000),
  };
}

async function tell({ events, crashes }: Story, decisions: Decisions): Promise<void> {
  const clock = new StepClock();
  const stage = createStage({ plan: PLAN, clock }, PRODUCTION_TIMINGS);
  const input = await resolvedInput(stage);
  await stage.once(async () => stage.activities.attachGreen(input));
  const hands = await realHands(stage, clock, input);
  const check = (): void => {
    for (const weights of hands.weights()) {
      expect(weights.some((weight) => weight > 0)).toBe(true);
      expect(weights.every((weight) => weight >= 0 && weight <= 999)).toBe(true);
    }
  };
  const { resolved } = input;
  const model = new TrafficModel({
    plan: PLAN.spec,
    resolved,
    hands,
    decisions,
    check,
  });
  for (const event of events) await model.play(event);
  await model.rollBack(crashes);
  await clock.pass(10 * LANDS_WITHIN_MS);
  check();
  for (const share of (await hands.shares()).values()) expect(share ?? 0).toBe(0);
  expect(isEverythingUndone(model)).toBe(true);
}

const everyStory = (decisions: Decisions) =>
  fc.asyncProperty(anyStory, async (story) => tell(story, decisions));

describe('the activities that set weights, whatever happens', () => {
  it('leave no 0/0, no weight above 999, and nobody on green after a rollback', async () => {
    await fc.assert(everyStory(REAL_DECISIONS), { numRuns: RUNS });
  }, 60_000);

  it('would not, if a rollback did not hold routes on blue', async () => {
    const careless = { ...REAL_DECISIONS, keepsOnBlue: () => false };
    const { failed } = await fc.check(everyStory(careless), {
      numRuns: 10 * RUNS,
      seed: 3,
      endOnFailure: true,
    });

    expect(failed).toBe(true);
  }, 60_000);
});

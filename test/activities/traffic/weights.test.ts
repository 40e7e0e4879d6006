import type { WeightsInput } from '#activities/contract.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  environment,
  failureOf,
  greenInput,
  resolvedInput,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

const TWO_ROUTES = fakePlan({
  traffic: {
    promise: { rollbackWithinSeconds: 10, shedWithinSeconds: 1 },
    groups: [
      {
        name: 'all',
        steps: [5, 100],
        bakeSeconds: 0.1,
        bakeAtMostSeconds: 60,
        routes: [fakeRoute('web'), fakeRoute('api')],
      },
    ],
  },
});

const MANY_ROUTES = fakePlan({
  traffic: {
    promise: { rollbackWithinSeconds: 10, shedWithinSeconds: 1 },
    groups: [
      {
        name: 'all',
        steps: [5, 100],
        bakeSeconds: 0.1,
        bakeAtMostSeconds: 60,
        routes: Array.from({ length: 30 }, (_, index) => fakeRoute(`route-${index}`)),
      },
    ],
  },
});
const WRITES = ['router.setGreenPercent', 'router.sendAllToBlue'] as const;

async function attached(stage: Stage, percent: number): Promise<WeightsInput> {
  const input = await greenInput(stage);
  await stage.settled(async () => stage.activities.attachGreen(input));
  return { ...input, routeIds: routeIds(input), percent };
}

describe('attaching green', () => {
  it('names green at weight 0 without moving anybody, twice as well as once', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await resolvedInput(stage);
    await settled(async () => activities.attachGreen(input));
    const [rule] = world.loadBalancer.rules;
    const once = JSON.stringify(rule?.actions);
    await settled(async () => activities.attachGreen(input));
    expect(JSON.stringify(rule?.actions)).toBe(once);
    expect(once).toContain(rule?.greenTargetGroupArn);
    expect(world.weightHistory('web').every((percent) => percent === 0)).toBe(true);
  });

  it('leaves the rule byte-identical when it is undone', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const [rule] = world.loadBalancer.rules;
    const before = JSON.stringify(rule?.actions);
    const input = await attached(stage, 50);
    await settled(async () => activities.setWeights(input));
    await settled(async () => activities.detachGreen(input));
    expect(JSON.stringify(rule?.actions)).toBe(before);
    await settled(async () => activities.detachGreen(input));
    expect(JSON.stringify(rule?.actions)).toBe(before);
  });
});

describe('setting weights', () => {
  it('writes all routes and answers what the API says', async () => {
    const stage = createStage({ plan: TWO_ROUTES });
    const input = await attached(stage, 5);
    const { readBack } = await stage.settled(async () => stage.activities.setWeights(input));
    expect(readBack).toEqual({ web: 5, api: 5 });
  });

  it('reads back until the write is visible', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await attached(stage, 5);
    let reads = 0;
    world.loadBalancer.readOverride = async () => {
      reads += 1;
      return reads < 4 ? 0 : 5;
    };
    const { readBack } = await once(async () => activities.setWeights(input));
    expect(readBack).toEqual({ web: 5 });
    expect(reads).toBe(4);
  });

  it('fails when somebody else keeps another weight there', async () => {
    const stage = createStage({}, { writeWithinMs: 200 });
    const { world, activities, once } = stage;
    const input = await attached(stage, 5);
    world.loadBalancer.readOverride = async () => 50;
    expect(await failureOf(once(async () => activities.setWeights(input)))).toBe(
      'write-not-verified',
    );
  });

  it('accepts neither a little at nothing nor almost at everything', async () => {
    const stage = createStage({}, { writeWithinMs: 200 });
    const { world, activities, once } = stage;
    const none = await attached(stage, 0);
    world.loadBalancer.readOverride = async () => 0.1;
    expect(await failureOf(once(async () => activities.setWeights(none)))).toBe(
      'write-not-verified',
    );
    world.loadBalancer.readOverride = async () => 99.9;
    const all = { ...none, percent: 100 };
    expect(await failureOf(once(async () => activities.setWeights(all)))).toBe(
      'write-not-verified',
    );
  });

  it('does not end while a write of another route is in flight', async () => {
    const stage = createStage({ plan: TWO_ROUTES });
    const { world, activities, once } = stage;
    const input = await attached(stage, 5);
    world.calls.failNext('router.setGreenPercent', 'access-denied');
    const hold = world.calls.holdNext('router.setGreenPercent');
    let ended = false;
    const ending = failureOf(once(async () => activities.setWeights(input))).finally(() => {
      ended = true;
    });
    await hold.reached;
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    hold.release();
    expect(await ending).toBe('access-denied');
  });

  describe('in an attempt after one that came only half through', () => {
    /** The first write fails, the other route is written and read back; then somebody puts that one elsewhere. */
    async function halfDone(percent: number, greenWeight: number) {
      const stage = createStage({ plan: TWO_ROUTES });
      const { world, activities } = stage;
      const input = await attached(stage, percent);
      world.calls.failNext(
        percent > 0 ? 'router.setGreenPercent' : 'router.sendAllToBlue',
        'unavailable',
      );
      let heartbeatDetails: unknown;
      const first = environment({});
      first.on('heartbeat', (details: unknown) => {
        heartbeatDetails = details;
      });
      expect(await failureOf(first.run(async () => activities.setWeights(input)))).toBe(
        'unavailable',
      );
      expect(heartbeatDetails).toEqual({ readBack: ['api'] });
      const { blueTargetGroupArn: blue, greenTargetGroupArn: green } = fakeRoute('api');
      world.loadBalancer.meddle(blue, [
        { arn: blue, weight: 100 - greenWeight },
        { arn: green, weight: greenWeight },
      ]);
      const again = environment({ heartbeatDetails });
      const set = async (more: Partial<Parameters<typeof activities.setWeights>[0]>) => {
        const results: Awaited<ReturnType<typeof activities.setWeights>>[] = [];
        await again.run(async () => {
          results.push(await activities.setWeights({ ...input, ...more }));
        });
        return results[0];
      };
      return { world, set };
    }

    it('a route that somebody brought back to blue meanwhile is an edit, and not reported as read', async () => {
      const { set } = await halfDone(5, 0);
      const answer = await set({ expected: { web: [0, 5], api: [0, 5] } });

      expect(answer?.edit).toMatchObject({ towards: 'blue' });
      expect(answer?.readBack).toEqual({});
    });

    it('a route that somebody gave green again is brought back once more', async () => {
      const { world, set } = await halfDone(0, 40);
      const answer = await set({});

      expect(answer?.readBack).toEqual({ web: 0, api: 0 });
      expect(world.weightsWritten().at(-1)).toBe(0);
      // It, the other route, and it again.
      expect(world.calls.writes('router.sendAllToBlue')).toHaveLength(3);
    });
  });

  it.each([5, 0])(
    'to %d %% on many routes waits for the rate limit instead of failing',
    async (percent) => {
      const stage = createStage({ plan: MANY_ROUTES });
      const { world, activities, once } = stage;
      const input = await attached(stage, percent);
      world.calls.limitRate(WRITES, { ratePerSecond: 100, burst: 10 });

      const { readBack } = await once(async () => activities.setWeights(input));

      expect(Object.values(readBack)).toEqual(input.routeIds.map(() => percent));
    },
  );

  it.each([5, 0])(
    'to %d %% on more routes than one attempt has time for goes on in the next, and writes none twice',
    async (percent) => {
      const stage = createStage({ plan: MANY_ROUTES }, { writeWithinMs: 150 });
      const { world, activities } = stage;
      const input = await attached(stage, percent);
      world.calls.limitRate(WRITES, { ratePerSecond: 50, burst: 5 });
      let heartbeatDetails: unknown;
      const attempts: string[] = [];
      while (attempts.at(-1) !== 'none' && attempts.length < 30) {
        const attempt = environment({ heartbeatDetails });
        attempt.on('heartbeat', (details: unknown) => {
          heartbeatDetails = details;
        });
        attempts.push(await failureOf(attempt.run(async () => activities.setWeights(input))));
      }

      expect(attempts.at(-1)).toBe('none');
      // An attempt ends by waiting for its turn, or by a write that was under way as its time ended.
      expect(attempts.length).toBeGreaterThan(1);
      expect(['throttled', 'late-write']).toEqual(expect.arrayContaining(attempts.slice(0, -1)));
      const writes = WRITES.flatMap((call) => world.calls.writes(call));
      // The last one of an attempt may be too late.
      expect(writes.length).toBeLessThan(input.routeIds.length + attempts.length);
    },
  );

  it('asks a throttled API no oftener than its turns allow', async () => {
    const stage = createStage({ plan: MANY_ROUTES }, { throttlePauseMs: 100 });
    const { world, activities, once } = stage;
    const input = await attached(stage, 5);
    world.calls.limitRate(WRITES, { ratePerSecond: 40, burst: 10 });
    const startedMs = Date.now();

    await once(async () => activities.setWeights(input));

    // Twenty routes at once, each ten times a second, and the thirty that were accepted.
    const seconds = (Date.now() - startedMs) / 1000;
    expect(world.calls.count('router.setGreenPercent')).toBeLessThanOrEqual(50 + 20 * 10 * seconds);
  });

  it('is not sent at all when its time is over', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await attached(stage, 5);
    world.calls.failNext('router.setGreenPercent', 'late-write');
    expect(await failureOf(once(async () => activities.setWeights(input)))).toBe('late-write');
    expect(world.weightHistory('web').at(-1)).toBe(0);
  });

  it('refuses a route that was never resolved', async () => {
    const stage = createStage();
    const input = { ...(await attached(stage, 5)), routeIds: ['unknown'] };
    expect(await failureOf(stage.once(async () => stage.activities.setWeights(input)))).toBe(
      'internal',
    );
  });

  it('ends at a cancellation, but only after the write in flight has landed', async () => {
    const stage = createStage();
    const { world, activities } = stage;
    const input = await attached(stage, 5);
    const hold = world.calls.holdNext('router.setGreenPercent');
    const attempt = environment();
    const ending = failureOf(attempt.run(async () => activities.setWeights(input)));
    await hold.reached;
    attempt.cancel();
    hold.release();
    expect(await ending).toMatch(/Cancelled|Abort/);
    expect(world.weightHistory('web').at(-1)).toBe(5);
  });
});

describe('ability', () => {
  it('is asked of the side that receives', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await attached(stage, 100);
    const ask = async (side: 'blue' | 'green'): Promise<boolean> =>
      (await once(async () => activities.checkAbility({ ...input, side }))).able;
    expect(await ask('blue')).toBe(true);
    expect(await ask('green')).toBe(false);
    world.setHealthyTargets('green', 2);
    world.setHealthyTargets('blue', 1);
    expect(await ask('blue')).toBe(false);
    expect(await ask('green')).toBe(true);
  });

  it('can be waited for', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = { ...(await attached(stage, 100)), side: 'blue' } as const;
    world.setHealthyTargets('blue', 0);
    expect(await failureOf(once(async () => activities.awaitAbility(input)))).toBe('waiting');
    world.setHealthyTargets('blue', null);
    await settled(async () => activities.awaitAbility(input));
  });
});

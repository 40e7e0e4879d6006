import type { GuardInput, GuardReport } from '#activities/contract.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import { createStage, routeIds, type Stage } from '#test/activities/run-activity.ts';
import { background, guarding, watch } from './guarding.ts';

describe('the guard', () => {
  it('says nothing while green is well', async () => {
    const stage = createStage();
    const guard = background(stage, await guarding(stage));
    await guard.looks(5);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('brings everybody back to blue when green fails, and then reports', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.breakGreen(0.3);
    const { verdict, pulled } = await watch(stage, input);
    expect(verdict.kind).toBe('breach');
    expect(verdict.reasons.join()).toMatch(/error-rate/);
    expect(pulled).toBe(true);
    expect(stage.world.weightHistory('web').at(-1)).toBe(0);
  });

  it('asks nothing of targets that get no user: the rehearsed way back takes sticky ones off the rule', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    const [rule] = stage.world.loadBalancer.rules;
    const arn = rule?.blueTargetGroupArn ?? '';
    stage.world.loadBalancer.meddle(arn, [{ arn, weight: 1 }]);
    stage.world.setHealthyTargets('green', 0);
    const guard = background(stage, input);
    await guard.looks(5);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
  });

  it('sees latency and lost targets as well as errors', async () => {
    const slow = createStage();
    const slowInput = await guarding(slow);
    slow.world.traffic.greenP99Ms.set(Date.now(), 5_000);
    expect((await watch(slow, slowInput)).verdict.reasons.join()).toMatch(/latency-p99/);

    const empty = createStage();
    const emptyInput = await guarding(empty);
    empty.world.setHealthyTargets('green', 0);
    expect((await watch(empty, emptyInput)).verdict.reasons.join()).toMatch(/healthy-targets/);
  });

  it('writes nothing in mode tell', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.breakGreen(0.3);
    const { verdict, pulled } = await watch(stage, { ...input, mode: 'tell' });
    expect([verdict.kind, pulled]).toEqual(['breach', false]);
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('sends nobody to a blue that is not able (I3)', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.setHealthyTargets('blue', 0);
    stage.world.breakGreen(0.3);
    const { verdict, pulled } = await watch(stage, input);
    expect([verdict.kind, pulled]).toEqual(['breach', false]);
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('tries again when its own write fails', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.calls.failNext('router.sendAllToBlue', 'throttled', 2);
    stage.world.calls.failNext('targetGroups.readHealth', 'unavailable', 1);
    stage.world.breakGreen(0.3);
    expect((await watch(stage, input)).pulled).toBe(true);
    expect(stage.world.weightHistory('web').at(-1)).toBe(0);
  });

  it('under a rate limit brings back the routes with most users first', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `route-${index}`);
    const stage = createStage({
      plan: fakePlan({
        traffic: {
          promise: { rollbackWithinSeconds: 10, shedWithinSeconds: 1 },
          groups: [
            {
              name: 'all',
              steps: [5, 50, 100],
              bakeSeconds: 0.1,
              bakeAtMostSeconds: 60,
              routes: ids.map(fakeRoute),
            },
          ],
        },
      }),
    });
    const { world, activities, settled } = stage;
    const input = await guarding(stage, 5);
    const worst = ids.slice(-5);
    await settled(async () => activities.setWeights({ ...input, routeIds: worst, percent: 50 }));
    world.calls.limitRate(['router.sendAllToBlue'], { ratePerSecond: 200, burst: 2 });
    world.breakGreen(0.3);

    expect((await watch(stage, input)).pulled).toBe(true);
    const order = world.calls.writes('router.sendAllToBlue').map(({ args: [route] }) => route);
    const names = order.map((route) => JSON.stringify(route));
    const place = (id: string): number => names.findIndex((name) => name.includes(`"${id}"`));
    // Twenty are asked for at once; whoever asks again asks for the first that waits.
    expect(Math.max(...worst.map(place))).toBeLessThan(20);
    expect(order).toHaveLength(ids.length);
  });

  it('says that it could not bring them back when its time is over', async () => {
    const stage = createStage({}, { pullWithinMs: 100 });
    const input = await guarding(stage);
    stage.world.calls.failNext('router.sendAllToBlue', 'access-denied', 1_000);
    stage.world.breakGreen(0.3);
    const { verdict, pulled } = await watch(stage, input);
    expect([verdict.kind, pulled]).toEqual(['breach', false]);
  });

  it('brings back every route, not only the one that showed it', async () => {
    const plan = fakePlan({
      traffic: {
        promise: { rollbackWithinSeconds: 10, shedWithinSeconds: 1 },
        groups: ['web', 'api'].map((id) => ({
          name: id,
          steps: [100],
          bakeSeconds: 0.1,
          bakeAtMostSeconds: 60,
          routes: [fakeRoute(id)],
        })),
      },
    });
    const stage = createStage({ plan });
    const input = await guarding(stage);
    stage.world.breakGreen(0.3);
    expect((await watch(stage, input)).pulled).toBe(true);
    expect(stage.world.weightHistory('web').at(-1)).toBe(0);
    expect(stage.world.weightHistory('api').at(-1)).toBe(0);
  });
});

describe('missing data', () => {
  it('of green alone brings everybody back once it is overdue (I4)', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.silence('green');
    const { verdict, pulled } = await watch(stage, input);
    expect([verdict.kind, pulled]).toEqual(['green-missing', true]);
  });

  it('of both sides moves nobody: people must look', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.silence('both');
    const { verdict, pulled } = await watch(stage, input);
    expect([verdict.kind, pulled]).toEqual(['both-missing', false]);
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('of both sides is not reported again when it is known, but a breach is', async () => {
    const stage = createStage();
    const input = { ...(await guarding(stage)), missingIsKnown: true };
    stage.world.silence('both');
    const guard = background(stage, input);
    const missingMs = input.spec.analysis.missingDataSeconds * 1000;
    await guard.looks(Math.ceil(missingMs / 50) + 5);
    stage.world.setHealthyTargets('green', 0);
    expect((await guard.ending).verdict.kind).toBe('breach');
  });

  it('is what a source that cannot be read becomes, but not at its first failure', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.calls.failNext('trafficMetrics.read', 'unavailable', 3);
    const guard = background(stage, input);
    await guard.looks(8);
    stage.world.calls.failNext('trafficMetrics.read', 'unavailable', 100_000);
    const { verdict, pulled } = await guard.ending;
    expect([verdict.kind, pulled]).toEqual(['both-missing', false]);
    expect(verdict.reasons.join()).toMatch(/source app/);
  });

  it('of one kind does not hide a breach of another', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.calls.failNext('trafficMetrics.read', 'unavailable', 100_000);
    stage.world.setHealthyTargets('green', 0);
    expect((await watch(stage, input)).verdict.kind).toBe('breach');
  });

  it('goes on counting over a crash of the guard', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.calls.failNext('router.readGreenPercent', 'unavailable', 100_000);
    const longAgo = Date.now() - input.spec.analysis.missingDataSeconds * 1000;
    const { verdict } = await stage.once(async () => stage.activities.guardTraffic(input), {
      heartbeatDetails: { freshMs: longAgo, greenSinceMs: Date.parse(input.greenSince) },
    });
    expect(verdict.kind).toBe('both-missing');
    expect(stage.world.calls.count('trafficMetrics.read')).toBe(2);
  });
});

describe('a green at weight 0', () => {
  const toPercent = async (stage: Stage, input: GuardInput, percent: number): Promise<unknown> =>
    stage.settled(async () =>
      stage.activities.setWeights({ ...input, routeIds: routeIds(input), percent }),
    );

  it('whose first weight was intended long ago is not missing: time counts from its users', async () => {
    const stage = createStage();
    const longAgo = new Date(Date.now() - 10_000).toISOString();
    const input = { ...(await guarding(stage, 0)), greenSince: longAgo };
    const guard = background(stage, input);
    await guard.looks(3);
    await toPercent(stage, input, 50);
    await guard.looks(5);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('whose first weight a guard meets long after it was intended is listened to from then on, as after an outage', async () => {
    const stage = createStage();
    const longAgo = new Date(Date.now() - 10_000).toISOString();
    const input = { ...(await guarding(stage)), greenSince: longAgo };
    stage.world.silence('green');
    const beganMs = Date.now();
    const guard = background(stage, input);
    const report = await guard.ending;
    expect(report).toMatchObject({ verdict: { kind: 'green-missing' }, pulled: true });
    const missingMs = input.spec.analysis.missingDataSeconds * 1000;
    expect(Date.parse(report.at) - beganMs).toBeGreaterThan(0.9 * missingMs);
  });

  it('between a rehearsal and the first step is not missing, although it had users before', async () => {
    // Read back at once, met by users later: the first looks at the new weight hear nobody on green.
    const { spec } = fakePlan();
    const plan = fakePlan({ analysis: { ...spec.analysis, missingDataSeconds: 0.3 } });
    const stage = createStage({ plan, propagationMs: 200 });
    const input = await guarding(stage, 1);
    const guard = background(stage, input);
    await guard.looks(12);
    await toPercent(stage, input, 0);
    const missingMs = input.spec.analysis.missingDataSeconds * 1000;
    const backMs = Date.now();
    while (Date.now() < backMs + 200 + 1.3 * missingMs) await guard.beats();
    await toPercent(stage, input, 50);
    await guard.looks(5);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('after it failed is the trace of a guard that pulled and died: the next one reports', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.breakGreen(0.3);
    await watch(stage, { ...input, mode: 'tell' });
    await toPercent(stage, input, 0);
    expect((await watch(stage, input)).verdict.kind).toBe('breach');
  });
});

describe('a guard keeps no counters', () => {
  it('so one that starts late judges what the first one saw', async () => {
    const stage = createStage();
    const input = { ...(await guarding(stage)), mode: 'tell' } as const;
    stage.world.breakGreen(0.3);
    const first = await watch(stage, input);
    const second = await watch(stage, input);
    expect(second.verdict.kind).toBe(first.verdict.kind);
  });

  it('so what green did before it had users, such as smoke tests, does not count', async () => {
    const stage = createStage();
    const before = await guarding(stage);
    stage.world.breakGreen(1);
    await new Promise((resolve) => {
      setTimeout(resolve, 120);
    });
    stage.world.breakGreen(0);
    const periodMs = 50;
    const input = { ...before, greenSince: new Date(Date.now() + periodMs).toISOString() };
    const guard = background(stage, input);
    await guard.looks(5);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('and gives its last word only to its workflow, after one look at least', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    const shutDown = background(stage, input);
    await shutDown.looks(2);
    shutDown.shutDown();
    await expect(shutDown.ending).rejects.toThrow();
    const { calls } = stage.world;
    const looks = calls.count('targetGroups.readHealth');
    const young = background(stage, input);
    young.cancel();

    expect(await young.ending).toMatchObject({ verdict: { kind: 'let-go' }, pulled: false });
    expect(calls.count('targetGroups.readHealth')).toBeGreaterThan(looks);
  });

  it('and what its last look finds it tells, with its hands off', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.breakGreen(1);
    await watch(stage, { ...input, mode: 'tell' });
    const guard = background(stage, input);
    guard.cancel();

    expect(await guard.ending).toMatchObject({ verdict: { kind: 'breach' }, pulled: false });
    expect(stage.world.weightHistory('web').at(-1)).toBe(50);
  });

  it('and has no word where weights are in doubt at its last look', async () => {
    const stage = createStage({}, { foreignEditMs: 60_000 });
    const input = { ...(await guarding(stage)), expected: { web: [50] } };
    const guard = background(stage, input);
    await guard.looks(2);
    const { loadBalancer } = stage.world;
    loadBalancer.takeGreenOff();
    await guard.looks(2);
    guard.cancel();

    await expect(guard.ending).rejects.toThrow();
  });

  it('and ends at once when it is cancelled, also between two looks', async () => {
    const stage = createStage({}, { heartbeatMs: 60_000 });
    const ready = await guarding(stage);
    const app = ready.spec.analysis.sources['app'];
    if (app?.with !== 'cloudwatch') throw new Error('the fake plan has this source');
    const sources = { app: { ...app, periodSeconds: 60 } };
    const analysis = { ...ready.spec.analysis, intervalSeconds: 60, sources };
    const guard = background(stage, { ...ready, spec: { ...ready.spec, analysis } });
    await guard.beats();
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
  });
});

describe('a guard that knows the weights', () => {
  async function edited(share: { readonly blue: number; readonly green: number }) {
    const stage = createStage();
    const input = await guarding(stage);
    const [rule] = stage.world.loadBalancer.rules;
    stage.world.loadBalancer.meddle(rule?.blueTargetGroupArn ?? '', [
      { arn: rule?.blueTargetGroupArn ?? '', weight: share.blue },
      { arn: rule?.greenTargetGroupArn ?? '', weight: share.green },
    ]);
    return watch(stage, { ...input, expected: { web: [50] } });
  }

  it("takes somebody's edit towards blue for a wish to go back", async () => {
    const { verdict } = await edited({ blue: 900, green: 100 });
    expect(verdict).toMatchObject({ kind: 'foreign-edit', towards: 'blue' });
  });

  it('reports an edit towards green without touching anything', async () => {
    const { verdict, pulled } = await edited({ blue: 100, green: 900 });
    expect(verdict).toMatchObject({ kind: 'foreign-edit', towards: 'elsewhere' });
    expect(pulled).toBe(false);
  });

  it('sees a stranger on the route', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    stage.world.loadBalancer.readOverride = async ({ id }) => {
      throw new CutoverFailure('unexpected-shape', 'a stranger', { resource: id });
    };
    const { verdict } = await watch(stage, { ...input, expected: { web: [50] } });
    expect(verdict).toMatchObject({ kind: 'foreign-edit', towards: 'elsewhere' });
  });

  /** Green is at 50 %; the guard began long before. */
  async function outlasting(stage: Stage): Promise<GuardInput> {
    return { ...(await guarding(stage)), asks: true, expected: { web: [5, 25] } };
  }

  it('asks its run about weights that it does not know, and lets pass what is its own', async () => {
    const stage = createStage();
    const input = await outlasting(stage);
    stage.world.knownWeights = { expected: { web: [50, 100] }, greenSince: input.greenSince };
    const guard = background(stage, input);
    await guard.looks(12);
    expect(stage.world.calls.count('runs.knownWeights')).toBe(1);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
  });

  it('asks again when they change again, and reports what its run does not expect either', async () => {
    const stage = createStage();
    const input = await outlasting(stage);
    stage.world.knownWeights = { expected: { web: [50, 100] }, greenSince: input.greenSince };
    const guard = background(stage, input);
    await guard.looks(3);
    const step = { ...input, routeIds: routeIds(input), percent: 25, expected: {} };
    await stage.settled(async () => stage.activities.setWeights(step));
    expect(await guard.ending).toMatchObject({
      verdict: { kind: 'foreign-edit', towards: 'blue' },
      asked: true,
    });
  });

  it('calls nothing an edit while its run does not answer: nobody could be told of one', async () => {
    const stage = createStage();
    const guard = background(stage, await outlasting(stage));
    await guard.looks(12);
    guard.cancel();
    await expect(guard.ending).rejects.toThrow();
    expect(stage.world.calls.count('runs.knownWeights')).toBeGreaterThan(5);
  });

  it('asks less and less often about weights that stay as they are', async () => {
    const stage = createStage({}, { askAgainMs: 100, askAgainAtMostMs: 60_000 });
    stage.world.knownWeights = { expected: {}, greenSince: null };
    const guard = background(stage, await outlasting(stage));
    await guard.looks(20);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
    const times = stage.world.calls.count('runs.knownWeights');
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThan(8);
  });

  it('after a crash does not believe its input: a weight of 0 may be the trace of a pull since the last step', async () => {
    const stage = createStage();
    const input = { ...(await outlasting(stage)), expected: { web: [0, 1, 50] } };
    stage.world.breakGreen(0.3);
    await watch(stage, { ...input, mode: 'tell' });
    const back = { ...input, routeIds: routeIds(input), percent: 0, expected: {} };
    await stage.settled(async () => stage.activities.setWeights(back));
    stage.world.knownWeights = { expected: { web: [50, 100] }, greenSince: input.greenSince };
    const second = async (): Promise<GuardReport> => stage.activities.guardTraffic(input);
    const { verdict } = await stage.once(second, { attempt: 2 });
    expect(verdict.kind).toBe('breach');
  });

  it('lets our own next write pass', async () => {
    const stage = createStage();
    const input = await guarding(stage);
    const guard = background(stage, { ...input, expected: { web: [5, 50] } });
    await guard.looks(12);
    guard.cancel();
    expect((await guard.ending).verdict.kind).toBe('let-go');
  });
});

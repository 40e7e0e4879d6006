import { once } from 'node:events';
import type { ShareInput } from '#activities/contract.ts';
import type { PlannedRoute } from '#test/fakes/fake-places.ts';
import {
  fakeGatewayRoute,
  fakeNameRoute,
  fakeNlbRoute,
  fakePlan,
  fakeRoute,
} from '#test/fakes/fake-plan.ts';
import {
  createStage,
  environment,
  failureOf,
  greenInput,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

function planOf(route: PlannedRoute): ReturnType<typeof fakePlan> {
  const { traffic } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, routes: [route] }));
  return fakePlan({ traffic: { ...traffic, groups } });
}

async function shifted(stage: Stage, percent: number): Promise<ShareInput> {
  const { activities, settled } = stage;
  const input = await greenInput(stage);
  await settled(async () => activities.attachGreen(input));
  const step = { ...input, routeIds: routeIds(input), percent };
  const { readBackAt } = await settled(async () => activities.setWeights(step));
  return { ...step, since: readBackAt, withinSeconds: 3 };
}

describe('the truth test', () => {
  it.each([0, 1, 5, 50, 100])('fits when users follow a weight of %i %%', async (percent) => {
    const stage = createStage();
    const input = await shifted(stage, percent);
    const report = await stage.once(async () => stage.activities.verifyShare(input));
    expect(report.verdict).toBe('fits');
    expect(report.requests).toBeGreaterThanOrEqual(report.needed);
    expect(report.observedPercent).toBeCloseTo(percent, 0);
  });

  it.each([
    [5, 10],
    [50, -10],
    [100, -1],
    [0, 1],
  ])('is a mismatch when a weight of %i %% is %i points off', async (percent, surplus) => {
    const stage = createStage();
    const input = await shifted(stage, percent);
    stage.world.traffic.greenSurplusPercent.set(0, surplus);
    const { verdict } = await stage.once(async () => stage.activities.verifyShare(input));
    expect(verdict).toBe('mismatch');
  });

  it('says whose edit it is when users do not follow a weight that is not ours any more', async () => {
    const stage = createStage();
    const input = await shifted(stage, 50);
    const { loadBalancer } = stage.world;
    loadBalancer.takeGreenOff();
    const report = await stage.once(async () => stage.activities.verifyShare(input));
    expect(report).toMatchObject({
      verdict: 'mismatch',
      edit: {
        towards: 'blue',
        reasons: [expect.stringContaining('somebody else changed route web: we set green to 50 %')],
      },
    });
  });

  it('is a riddle for people where weights are as we left them, or cannot be read', async () => {
    const stage = createStage();
    const input = await shifted(stage, 50);
    stage.world.traffic.greenSurplusPercent.set(0, -10);
    const riddle = await stage.once(async () => stage.activities.verifyShare(input));
    stage.world.calls.failNext('router.readGreenPercent', 'access-denied', 1_000);
    const unread = await stage.once(async () => stage.activities.verifyShare(input));
    expect([riddle, unread]).toMatchObject([{ verdict: 'mismatch' }, { verdict: 'mismatch' }]);
    expect([riddle.edit, unread.edit]).toEqual([undefined, undefined]);
  });

  it('counts nothing from before the weight could have reached users', async () => {
    const stage = createStage({ propagationMs: 15 });
    const input = await shifted(stage, 100);
    const { verdict } = await stage.once(async () => stage.activities.verifyShare(input));
    expect(verdict).toBe('fits');
  });

  it('reports too few requests when its time is over, with what it counted', async () => {
    const stage = createStage({ requestsPerSecond: 100 });
    const input = { ...(await shifted(stage, 1)), withinSeconds: 0.2 };
    const { verdict, requests, needed } = await stage.once(async () =>
      stage.activities.verifyShare(input),
    );
    expect(verdict).toBe('too-few');
    expect(needed).toBe(986);
    expect(requests).toBeLessThan(needed);
  });

  it('gives the source the chance to show one period, however short the time', async () => {
    const stage = createStage();
    const input = { ...(await shifted(stage, 50)), withinSeconds: 0 };
    const { verdict } = await stage.once(async () => stage.activities.verifyShare(input));
    expect(verdict).toBe('fits');
  });

  it('asks a source that counts per target group where groups move apart, or refuses', async () => {
    const { analysis, traffic } = fakePlan().spec;
    const groups = ['web', 'api'].map((id) => ({
      name: id,
      steps: [50, 100],
      bakeSeconds: 0.1,
      bakeAtMostSeconds: 60,
      routes: [fakeRoute(id)],
    }));
    const stage = createStage({ plan: fakePlan({ traffic: { ...traffic, groups } }) });
    const whole = await shifted(stage, 50);
    stage.world.loadBalancer.rules[1]?.greenPercent.set(0, 0);
    const input = { ...whole, routeIds: ['web'] };
    const verify = async (): Promise<unknown> => stage.activities.verifyShare(input);
    expect(await failureOf(stage.once(verify))).toBe('invalid-request');
    const alb = { with: 'cloudwatch-alb', periodSeconds: 60, latenessSeconds: 180 } as const;
    const asked = stage.world.traffic.asked.length;
    const since = new Date(Date.now() - 600_000).toISOString();
    const look = {
      ...input,
      since,
      spec: { ...input.spec, analysis: { ...analysis, sources: { ...analysis.sources, alb } } },
    };
    stage.world.loadBalancer.rules[0]?.greenPercent.set(0, 50);
    const report = await stage.once(async () => stage.activities.verifyShare(look));
    expect(report.verdict).toBe('fits');
    expect(stage.world.traffic.asked.slice(asked)).toEqual(['cloudwatch-alb']);
  });

  it.each([0, 5, 50, 100])(
    "fits when a name's servers answer by a weight of %i %% and users follow",
    async (percent) => {
      const stage = createStage({ plan: planOf(fakeNameRoute('web')) });
      const input = await shifted(stage, percent);
      const { verdict } = await stage.once(async () => stage.activities.verifyShare(input));
      expect(verdict).toBe('fits');
    },
  );

  it('is a mismatch when the answers are right and users go nowhere', async () => {
    const stage = createStage({ plan: planOf(fakeNameRoute('web')) });
    const input = { ...(await shifted(stage, 50)), withinSeconds: 0.3 };
    stage.world.traffic.greenSurplusPercent.set(0, -50);
    const report = await stage.once(async () => stage.activities.verifyShare(input));
    expect(report).toMatchObject({ verdict: 'mismatch', observedPercent: 0 });
  });

  it('asks people about connections that nobody counts', async () => {
    const stage = createStage({ plan: planOf(fakeNlbRoute('web')) });
    const input = await shifted(stage, 50);
    const report = await stage.once(async () => stage.activities.verifyShare(input));
    expect(report).toMatchObject({
      verdict: 'ask-people',
      question: expect.stringContaining('route web'),
    });
  });

  it('counts the requests of an HTTPRoute at the pods, or asks people', async () => {
    const counted = fakeGatewayRoute('web');
    const { requests: _, ...uncounted } = counted;
    const verdictOf = async (route: typeof uncounted): Promise<string> => {
      const stage = createStage({ plan: planOf(route) });
      const input = await shifted(stage, 50);
      return (await stage.once(async () => stage.activities.verifyShare(input))).verdict;
    };
    expect(await verdictOf(counted)).toBe('fits');
    expect(await verdictOf(uncounted)).toBe('ask-people');
  });

  it('looks at least once, also when a retry comes after its time', async () => {
    const stage = createStage();
    const input = await shifted(stage, 50);
    const since = new Date(Date.parse(input.since) - 5_000).toISOString();
    stage.world.loadBalancer.rules[0]?.greenPercent.set(0, 50);
    const late = { ...input, since, withinSeconds: 1 };
    const { verdict } = await stage.once(async () => stage.activities.verifyShare(late));
    expect(verdict).toBe('fits');
  });

  it('heartbeats while it waits and ends at once when it is cancelled', async () => {
    const stage = createStage({ requestsPerSecond: 1 });
    const input = { ...(await shifted(stage, 1)), withinSeconds: 60 };
    const attempt = environment();
    const ending = attempt.run(async () => stage.activities.verifyShare(input));
    for (let beats = 0; beats < 5; beats += 1) await once(attempt, 'heartbeat');
    attempt.cancel();
    // Temporal's own failure, or the abort of whatever was being waited for: both count as cancelled.
    expect(await failureOf(ending)).toMatch(/Cancelled|Abort/);
  });
});

import type { Rehearsal } from '#domain/traffic/rehearsal.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  failureOf,
  readyInput,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

async function rehearse(stage: Stage) {
  const input = await readyInput(stage);
  return measured(await stage.settled(async () => stage.activities.rehearseRollback(input)));
}

function measured(
  rehearsed: Awaited<ReturnType<Stage['activities']['rehearseRollback']>>,
): Rehearsal {
  if ('edit' in rehearsed) throw new Error(rehearsed.edit.reasons.join('; '));
  return rehearsed;
}

describe('a rehearsal of the rollback', () => {
  it('gives green one percent and takes it back, and leaves green attached at weight 0', async () => {
    const stage = createStage();

    const rehearsal = await rehearse(stage);

    expect(stage.world.weightsWritten()).toEqual([1, 0]);
    expect(stage.world.weightHistory('web').at(-1)).toBe(0);
    const [rule] = stage.world.loadBalancer.rules;
    expect(JSON.stringify(rule?.actions)).toContain(rule?.greenTargetGroupArn);
    expect(rehearsal.greenRequests).toBeGreaterThan(0);
    expect(rehearsal.readBackSeconds).toBeGreaterThanOrEqual(0);
  });

  it('times the last user on green, however late the load balancer follows', async () => {
    const stage = createStage({ propagationMs: 400 });

    const { lastGreenSeconds, resolutionSeconds } = await rehearse(stage);

    expect(resolutionSeconds).toBe(fakePlan().spec.analysis.sources['app']?.periodSeconds);
    // Both moments are told to the millisecond.
    expect(lastGreenSeconds).toBeGreaterThanOrEqual(0.398);
  });

  it('says so when no user met green', async () => {
    const stage = createStage({ requestsPerSecond: 0 });

    expect(await rehearse(stage)).toMatchObject({ lastGreenSeconds: null, greenRequests: 0 });
  });

  it('puts green back on where stickiness made the way back take it off', async () => {
    const stage = createStage();
    for (const rule of stage.world.loadBalancer.rules)
      stage.world.loadBalancer.stick(rule.blueTargetGroupArn, 600);

    await rehearse(stage);

    const [rule] = stage.world.loadBalancer.rules;
    expect(rule?.actions.at(-1)).toMatchObject({
      stickySeconds: 600,
      targetGroups: [{ weight: 999 }, { arn: rule?.greenTargetGroupArn, weight: 0 }],
    });
  });

  it('lets the sessions that met green end before green is on the rule again', async () => {
    const stage = createStage();
    for (const rule of stage.world.loadBalancer.rules)
      stage.world.loadBalancer.stick(rule.blueTargetGroupArn, 1.2);

    const { at } = await rehearse(stage);

    expect(Date.now() - Date.parse(at)).toBeGreaterThanOrEqual(1_200);
  });

  it('sends nobody to green twice because metrics cannot be read for a moment', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    stage.world.calls.failNext('trafficMetrics.read', 'unavailable', 2);
    stage.world.calls.failNext('trafficMetrics.read', 'throttled', 1);

    const rehearsal = measured(
      await stage.once(async () => stage.activities.rehearseRollback(input)),
    );

    expect(rehearsal.greenRequests).toBeGreaterThan(0);
    expect(stage.world.weightsWritten()).toEqual([1, 0]);
  });

  it('is not done where somebody has taken green off: nothing is written, and the edit is told', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    const { loadBalancer } = stage.world;
    loadBalancer.takeGreenOff();

    const rehearsed = await stage.once(async () => stage.activities.rehearseRollback(input));

    expect(rehearsed).toMatchObject({ edit: { towards: 'blue' } });
    expect(stage.world.weightsWritten()).toEqual([]);
  });

  it('does not put green on again where somebody took it off meanwhile', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    const { loadBalancer } = stage.world;
    const rehearsing = stage.once(async () => stage.activities.rehearseRollback(input));
    await waitUntil(() => stage.world.weightHistory('web').slice(-2).join() === '1,0', {
      what: 'the way back',
      timeoutMs: 5_000,
      intervalMs: 5,
    });

    loadBalancer.takeGreenOff();

    expect(await rehearsing).toMatchObject({ edit: { towards: 'blue' } });
    expect(JSON.stringify(loadBalancer.rules[0]?.actions)).not.toContain(
      loadBalancer.rules[0]?.greenTargetGroupArn,
    );
  });

  it('calls it nobody’s edit where sessions stick, and writes nothing there either', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    const routes = input.resolved.routes.map((route) => ({ ...route, stickySeconds: 1 }));
    const { loadBalancer } = stage.world;
    loadBalancer.takeGreenOff();

    const failed = failureOf(
      stage.once(
        async () =>
          stage.activities.rehearseRollback({ ...input, resolved: { ...input.resolved, routes } }),
        { attempt: 2 },
      ),
    );

    expect(await failed).toBe('unexpected-shape');
    expect(Math.max(...stage.world.weightHistory('web'))).toBe(0);
  });

  it('that cannot bring users back fails as the write does', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    stage.world.calls.failNext('router.sendAllToBlue', 'access-denied');

    const failed = failureOf(stage.once(async () => stage.activities.rehearseRollback(input)));

    expect(await failed).toBe('access-denied');
  });
});

describe('routes that were just brought back', () => {
  it('are brought back again when a late write lands', async () => {
    const stage = createStage();
    const input = await readyInput(stage);
    const back = { ...input, routeIds: routeIds(input), percent: 0 };
    const kept = stage.once(async () => stage.activities.keepOnBlue(back));
    const [rule] = stage.world.loadBalancer.rules;
    stage.world.loadBalancer.meddle(rule?.blueTargetGroupArn ?? '', [
      { arn: rule?.blueTargetGroupArn ?? '', weight: 500 },
      { arn: rule?.greenTargetGroupArn ?? '', weight: 500 },
    ]);

    const { reasserted } = await kept;

    expect(reasserted).toBeGreaterThanOrEqual(1);
    expect(stage.world.weightHistory('web').at(-1)).toBe(0);
  });

  it('are only looked at while nothing lands', async () => {
    const stage = createStage();
    const input = await readyInput(stage);

    const kept = await stage.once(async () =>
      stage.activities.keepOnBlue({ ...input, routeIds: routeIds(input), percent: 0 }),
    );

    expect(kept).toEqual({ reasserted: 0 });
    expect(stage.world.weightsWritten()).toEqual([]);
  });
});

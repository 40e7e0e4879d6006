import type { AbilityInput } from '#activities/contract.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  readyInput,
  resolvedInput,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

async function question(
  stage: Stage,
  side: 'blue' | 'green',
  percent = 100,
): Promise<AbilityInput> {
  const input = await resolvedInput(stage);
  return { ...input, routeIds: routeIds(input), percent, side };
}

async function reasons(stage: Stage, input: AbilityInput): Promise<readonly string[]> {
  return (await stage.once(async () => stage.activities.checkAbility(input))).reasons;
}

/** Of the guard, as the question whether green is able finds it. */
async function presence(stage: Stage): Promise<unknown> {
  const input = { ...(await question(stage, 'green')), asksForGuard: true } as const;
  return (await stage.once(async () => stage.activities.checkAbility(input))).guard;
}

const AT_WORK = {
  activity: 'guardTraffic',
  activityId: '1',
  attempt: 1,
  isAtWork: true,
  startedMs: 1,
} as const;

/** A guard's heartbeat after a look in this attempt, when nothing fresh had been seen for so long. */
function told(lookedIn: number, forSeconds: number): unknown {
  const lookedMs = 1_000_000;
  const freshMs = lookedMs - forSeconds * 1000;
  return { freshMs, greenSinceMs: 1, audibleSinceMs: null, editedMs: null, lookedMs, lookedIn };
}

describe('the ability of a side', () => {
  it('is read fresh each time: a blue that has lost its targets is not able any more', async () => {
    const stage = createStage();
    const input = await question(stage, 'blue');

    expect(await reasons(stage, input)).toEqual([]);
    stage.world.setHealthyTargets('blue', 0);
    expect(await reasons(stage, input)).toEqual([
      'blue has 0 healthy targets on route web, 100 % of the load needs 2',
    ]);
  });

  it('is asked of every zone where requests do not cross them', async () => {
    const stage = createStage();
    stage.world.loadBalancer.crossesZones = false;
    const input = await question(stage, 'blue');
    stage.world.setHealthyTargets('blue', 2);

    expect(await reasons(stage, input)).toEqual([
      expect.stringContaining('blue has 0 healthy targets in zone eu-west-1c on route web'),
    ]);
  });

  it('is measured by the load of today', async () => {
    const stage = createStage({ requestsPerSecond: 10_000 });
    const input = await question(stage, 'blue');
    stage.world.traffic.requestsPerSecond.set(0, 40_000);

    expect(await reasons(stage, input)).toContain(
      'blue has 3 healthy targets on route web, 100 % of the load needs 6',
    );
  });

  it('of blue depends on the workloads behind its targets, singletons left out', async () => {
    const stage = createStage();
    const { blueKubernetes } = stage.world;
    const input = await question(stage, 'blue');
    const scale = async (name: string, replicas: number): Promise<void> =>
      blueKubernetes.merge({ apiVersion: 'apps/v1', plural: 'deployments' }, 'shop', name, {
        spec: { replicas },
      });
    await scale('queue-worker', 0);
    expect(await reasons(stage, input)).toEqual([]);

    await scale('web', 1);
    stage.world.setHealthyTargets('blue', 3);

    expect(await reasons(stage, input)).toEqual([
      'blue has 1 available replicas of shop/web, 100 % of the load needs 2',
    ]);
  });

  it.each(['trafficMetrics.read', 'kubernetesClusters.connect'])(
    'is judged by the targets alone where %s fails: a rollback waits for nothing else (I1)',
    async (call) => {
      const stage = createStage();
      const input = await question(stage, 'blue');
      stage.world.calls.failNext(call, 'unavailable', 5);

      expect(await reasons(stage, input)).toEqual([]);
    },
  );

  it('is told with the presence of the guard only where that is asked', async () => {
    const stage = createStage();
    const input = await question(stage, 'green');
    stage.world.underWay = [];

    expect(await stage.once(async () => stage.activities.checkAbility(input))).not.toHaveProperty(
      'guard',
    );
    expect(await presence(stage)).toBe('away');
  });

  it.each([
    ['the first attempt that was not heard of', 'away', { attempt: 1, heartbeat: undefined }],
    ['the first attempt that has not looked yet', 'there', { attempt: 1, heartbeat: told(0, 0) }],
    ['the first attempt, which waited long', 'away', { attempt: 1, heartbeat: told(0, 40) }],
    ['another attempt after one that never looked', 'away', { attempt: 2, heartbeat: told(0, 0) }],
    ['one that looked a moment ago', 'there', { attempt: 1, heartbeat: told(1, 4) }],
    ['one that looked, but has seen nothing fresh', 'away', { attempt: 1, heartbeat: told(1, 40) }],
    ['one whose worker is gone', 'away', { attempt: 1, isAtWork: false, heartbeat: told(1, 4) }],
    ['another attempt that has not looked yet', 'away', { attempt: 2, heartbeat: told(1, 4) }],
    ['another attempt without a heartbeat', 'away', { attempt: 2, heartbeat: undefined }],
    ['another attempt that has looked', 'there', { attempt: 2, heartbeat: told(2, 4) }],
    [
      'another attempt, of a version that did not tell',
      'there',
      { attempt: 2, heartbeat: { freshMs: 1, greenSinceMs: 1 } },
    ],
  ] as const)('finds of the guard %s: %s', async (_, expected, found) => {
    const stage = createStage({}, { guardGapMs: 10_000 });
    stage.world.underWay = [
      { ...AT_WORK, activity: 'verifyShare', heartbeat: told(1, 0) },
      { ...AT_WORK, ...found },
    ];

    expect(await presence(stage)).toBe(expected);
  });

  it('finds the guard away where Temporal does not answer', async () => {
    const stage = createStage();
    stage.world.underWay = [{ ...AT_WORK, heartbeat: told(1, 0) }];
    stage.world.calls.failNext('runs.underWay', 'unavailable', 1);

    expect(await presence(stage)).toBe('away');
  });

  it('that is awaited is waited for', async () => {
    const stage = createStage({ plan: fakePlan() });
    const input = { ...(await readyInput(stage)), routeIds: ['web'], percent: 50 };
    stage.world.setHealthyTargets('green', 0);
    const waiting = stage.once(async () =>
      stage.activities.awaitAbility({ ...input, side: 'green' }),
    );
    await expect(waiting).rejects.toMatchObject({ type: 'waiting' });

    stage.world.setHealthyTargets('green', 1);
    await stage.once(async () => stage.activities.awaitAbility({ ...input, side: 'green' }));
  });
});

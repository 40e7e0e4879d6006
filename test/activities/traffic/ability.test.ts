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

import type { GreenInput } from '#activities/contract.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { fakeGatewayRoute, fakeIngressRoute, fakePlan } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  failureOf,
  readyInput,
  REF,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

/** Green carries `percent` of the users. */
async function shifted(stage: Stage, percent = 100): Promise<GreenInput> {
  const { activities, settled } = stage;
  const input = await readyInput(stage);
  const step = { ...input, routeIds: routeIds(input), percent };
  await settled(async () => activities.setWeights(step));
  return input;
}

/** What an attempt long after the first one sees. */
const LATE = { scheduledTimestampMs: 0, currentAttemptScheduledTimestampMs: 3_600_000 };

describe('proving that blue is idle', () => {
  it('waits while blue had requests in the quiet time, then is proven', async () => {
    const stage = createStage();
    const { activities, once, settled } = stage;
    const input = await shifted(stage);
    const prove = async (): Promise<unknown> => activities.proveBlueIdle(input);
    expect(await failureOf(once(prove))).toBe('waiting');
    expect(await settled(prove)).toMatchObject({ quietSeconds: 0.1 });
  });

  it('names clients that go on reaching blue', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await shifted(stage);
    world.traffic.greenSurplusPercent.set(0, -1);
    const prove = async (): Promise<unknown> => activities.proveBlueIdle(input);
    expect(await failureOf(once(prove, LATE))).toBe('not-idle');
  });

  it('refuses while a weight is not at 100', async () => {
    const stage = createStage();
    const input = await shifted(stage, 50);
    const prove = async (): Promise<unknown> => stage.activities.proveBlueIdle(input);
    expect(await failureOf(stage.once(prove))).toBe('not-idle');
  });

  it('takes silence on both sides for missing data, never for idleness (I4)', async () => {
    const stage = createStage();
    const input = await shifted(stage);
    stage.world.traffic.silence.set(0, 'both');
    const prove = async (): Promise<unknown> => stage.activities.proveBlueIdle(input);
    expect(await failureOf(stage.once(prove, LATE))).toBe('waiting');
  });
});

describe('releasing blue', () => {
  it('looks once more, then leaves green alone on the rule; again is harmless', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await shifted(stage);
    await settled(async () => activities.proveBlueIdle(input));
    await settled(async () => activities.releaseBlue(input));
    await settled(async () => activities.releaseBlue(input));
    const [rule] = world.loadBalancer.rules;
    expect(JSON.stringify(rule?.actions)).not.toContain(rule?.blueTargetGroupArn);
    expect(rule?.greenPercent.at(Date.now())).toBe(100);
    expect(rule?.actions[0]).toEqual({ type: 'authenticate-oidc', order: 1 });
  });

  it('does not touch the rules while blue has users or is another cluster (I5)', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await shifted(stage);
    const release = async (): Promise<unknown> => activities.releaseBlue(input);
    expect(await failureOf(once(release))).toBe('not-idle');
    await settled(async () => activities.proveBlueIdle(input));
    world.blue.createdAt = new Date(0).toISOString();
    expect(await failureOf(once(release))).toBe('identity-changed');
    expect(world.calls.writes('router.removeBlue')).toEqual([]);
  });
});

describe('releasing a blue whose own load balancer is the front door', () => {
  const { heldByCluster: _, ...ofBlue } = fakeGatewayRoute('web');

  it.each([
    ['an Ingress', fakeIngressRoute('web')],
    ['a Gateway', ofBlue],
  ])('is refused for %s: it would go with blue (I5)', async (_what, route) => {
    const { traffic } = fakePlan().spec;
    const groups = traffic.groups.map((group) => ({ ...group, routes: [route] }));
    const stage = createStage({ plan: fakePlan({ traffic: { ...traffic, groups } }) });
    const input = await shifted(stage);
    await stage.settled(async () => stage.activities.proveBlueIdle(input));

    const release = async (): Promise<unknown> => stage.activities.releaseBlue(input);

    expect(await failureOf(stage.once(release))).toBe('not-idle');
    expect(stage.world.calls.writes('router.removeBlue')).toEqual([]);
  });
});

describe('deleting blue', () => {
  it('takes node groups first, then the cluster, and waits until each is gone', async () => {
    const stage = createStage({ goneAfterLooks: 3 });
    const { world, activities, once, settled } = stage;
    const input = await shifted(stage);
    const nodegroups = async (): Promise<unknown> => activities.deleteBlueNodegroups(input);
    const cluster = async (): Promise<unknown> => activities.deleteBlueCluster(input);
    expect(await failureOf(once(nodegroups))).toBe('waiting');
    await settled(nodegroups);
    expect(world.blue.nodegroups.size).toBe(0);
    expect(world.blue.deletionProtection).toBe(true);
    expect(await failureOf(once(cluster))).toBe('waiting');
    await settled(cluster);
    expect([...world.eks.clusters.values()].map(({ name }) => name)).toEqual(['shop-green']);
    await settled(nodegroups);
    await settled(cluster);
  });

  it('never deletes another cluster of the same name (I5)', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await shifted(stage);
    world.blue.createdAt = new Date(0).toISOString();
    const nodegroups = async (): Promise<unknown> => activities.deleteBlueNodegroups(input);
    const cluster = async (): Promise<unknown> => activities.deleteBlueCluster(input);
    expect(await failureOf(once(nodegroups))).toBe('identity-changed');
    expect(await failureOf(once(cluster))).toBe('identity-changed');
    expect(world.calls.writes('clusters.delete')).toEqual([]);
    expect(world.calls.writes('nodegroups.delete')).toEqual([]);
  });

  it('goes on wherever a worker died', async () => {
    for (let n = 1; n <= 12; n += 1) {
      const stage = createStage();
      const { world, activities, settled } = stage;
      const input = await shifted(stage);
      world.calls.crashAt(n, n % 2 === 0 ? 'before' : 'after');
      for (let attempt = 0; world.eks.clusters.size > 1 && attempt < 5; attempt += 1) {
        await failureOf(settled(async () => activities.deleteBlueNodegroups(input)));
        await failureOf(settled(async () => activities.deleteBlueCluster(input)));
      }
      expect([...world.eks.clusters.values()].map(({ name }) => name)).toEqual(['shop-green']);
    }
  });
});

it('leaves blue where somebody has put it back on a route', async () => {
  const stage = createStage();
  const { world, activities, settled } = stage;
  const input = await shifted(stage);
  await settled(async () => activities.proveBlueIdle(input));
  await settled(async () => activities.releaseBlue(input));
  const [rule] = world.loadBalancer.rules;
  const { blueTargetGroupArn: blue = '' } = rule ?? {};
  world.loadBalancer.meddle(blue, [{ arn: blue, weight: 1 }]);

  expect(await failureOf(settled(async () => activities.deleteBlueNodegroups(input)))).toBe(
    'not-idle',
  );
  expect(await failureOf(settled(async () => activities.deleteBlueCluster(input)))).toBe(
    'not-idle',
  );
  expect(world.calls.writes('nodegroups.delete')).toEqual([]);
  expect(world.calls.writes('clusters.delete')).toEqual([]);
});

describe('deleting green', () => {
  it('removes what we created, node groups first', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    await settled(async () => activities.deleteGreen(input));
    expect(world.green).toBeNull();
    expect(world.blue.status).toBe('ACTIVE');
    await settled(async () => activities.deleteGreen(input));
  });

  it('waits while a route leads there all the same, whoever wants it so', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    await settled(async () => activities.detachGreen(input));
    const [route] = input.resolved.routes;
    const { blueTargetGroupArn: blue = '', greenTargetGroupArn: green = '' } = route ?? {};
    world.loadBalancer.meddle(blue, [{ arn: green, weight: 1 }]);
    expect(await failureOf(settled(async () => activities.deleteGreen(input)))).toBe('not-idle');
    world.loadBalancer.meddle(blue, [
      { arn: blue, weight: 1 },
      { arn: 'strange', weight: 1 },
    ]);
    world.loadBalancer.readOverride = () =>
      Promise.reject(new CutoverFailure('unexpected-shape', 'not ours', { resource: blue }));
    expect(await failureOf(settled(async () => activities.deleteGreen(input)))).toBe('not-idle');
    expect(world.green?.status).toBe('ACTIVE');
    expect(world.calls.writes('nodegroups.delete')).toEqual([]);

    world.loadBalancer.readOverride = null;
    await settled(async () => activities.detachGreen(input));
    await settled(async () => activities.deleteGreen(input));

    expect(world.green).toBeNull();
  });

  it("leaves a stranger's cluster alone", async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    const other = { ...input, ref: { ...REF, workflowId: 'migrate/other' } };
    await settled(async () => activities.deleteGreen(other));
    expect(world.green?.status).toBe('ACTIVE');
  });
});

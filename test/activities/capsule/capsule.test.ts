import { placeOfPlanned } from '#test/fakes/fake-places.ts';
/** The way back is written down before anybody goes (I1). */
import type { WeightsInput } from '#activities/contract.ts';
import { capsulePlace } from '#activities/capsule/write-capsule.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { nameOfPlace } from '#domain/traffic/route-place.ts';
import { fakePlan, fakeRoute } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  failureOf,
  greenInput,
  readyInput,
  routeIds,
  type Stage,
} from '#test/activities/run-activity.ts';

const { traffic } = fakePlan().spec;
const TWO_GROUPS = fakePlan({
  traffic: {
    ...traffic,
    groups: ['web', 'api'].flatMap((name) =>
      traffic.groups.map((group) => ({ ...group, name, routes: [fakeRoute(name)] })),
    ),
  },
});

async function attached(stage: Stage, percent: number): Promise<WeightsInput> {
  const input = await greenInput(stage);
  await stage.settled(async () => stage.activities.attachGreen(input));
  return { ...input, routeIds: ['web'], percent };
}

describe('a forward write', () => {
  it('is sent after its capsule was written, with the way back of every route', async () => {
    const stage = createStage({ plan: TWO_GROUPS });
    const { world, activities, once } = stage;
    const input = await attached(stage, 50);

    await once(async () => activities.setWeights(input));

    const writes = world.calls.audit.map(({ call }) => call);
    expect(writes.indexOf('capsules.write')).toBeLessThan(writes.indexOf('router.setGreenPercent'));
    const [capsule] = world.capsules.written;
    expect(capsule).toMatchObject({
      schema: 1,
      ...input.ref,
      routes: [
        { id: 'web', greenPercent: 50, resource: nameOfPlace(placeOfPlanned(fakeRoute('web'))) },
        { id: 'api', greenPercent: 0, resource: nameOfPlace(placeOfPlanned(fakeRoute('api'))) },
      ],
    });
    const [found] = await world.capsules.list({ with: 'file', directory: null });
    expect(parseCapsule(found?.text ?? '')).toMatchObject({ ok: true, capsule });
  });

  it('has its capsule at every step, with the share that is about to be written', async () => {
    const stage = createStage();
    const input = await attached(stage, 5);

    for (const percent of [5, 50, 100])
      await stage.once(async () => stage.activities.setWeights({ ...input, percent }));

    expect(
      stage.world.capsules.written.map(({ routes }) => routes.map((route) => route.greenPercent)),
    ).toEqual([[5], [50], [100]]);
  });

  it('is not sent when its capsule cannot be written', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await attached(stage, 50);
    world.calls.failNext('capsules.write', 'capsule-not-written');

    expect(await failureOf(once(async () => activities.setWeights(input)))).toBe(
      'capsule-not-written',
    );

    expect(world.calls.count('router.setGreenPercent')).toBe(0);
    expect(world.weightHistory('web').at(-1)).toBe(0);
  });

  it('of a rehearsal is written down too', async () => {
    const stage = createStage();
    const { world, activities } = stage;
    const input = await readyInput(stage);

    await stage.settled(async () => activities.rehearseRollback(input));

    expect(world.capsules.written.map(({ routes }) => routes[0]?.greenPercent)).toEqual([1]);
  });
});

describe('a way back', () => {
  it('needs no capsule', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const input = await attached(stage, 50);
    await once(async () => activities.setWeights(input));
    world.calls.failNext('capsules.write', 'capsule-not-written', 100);

    await once(async () => activities.setWeights({ ...input, percent: 0 }));

    expect(world.weightHistory('web').at(-1)).toBe(0);
  });
});

describe('blue’s retirement', () => {
  it('takes the capsule away before blue leaves the rules', async () => {
    const stage = createStage();
    const { world, activities, once, settled } = stage;
    const input = await readyInput(stage);
    await once(async () =>
      activities.setWeights({ ...input, routeIds: routeIds(input), percent: 100 }),
    );
    expect(await world.capsules.list({ with: 'file', directory: null })).toHaveLength(1);
    await settled(async () => activities.proveBlueIdle(input));

    await settled(async () => activities.releaseBlue(input));

    expect(await world.capsules.list({ with: 'file', directory: null })).toEqual([]);
    const writes = world.calls.audit.map(({ call }) => call);
    expect(writes.lastIndexOf('capsules.remove')).toBeLessThan(writes.indexOf('router.removeBlue'));
  });
});

describe('the place of a plan’s capsules', () => {
  const { spec } = fakePlan();
  const [inLoadBalancers, elsewhere] = ['eu-west-1', 'eu-north-1'].map((region) => ({
    account: '444455556666',
    region,
  }));
  const placeOf = (capsule: NonNullable<(typeof spec)['rollback']['capsule']>) =>
    capsulePlace({
      ...spec,
      access: { ...spec.access, loadBalancer: { account: '444455556666', region: 'eu-west-1' } },
      rollback: { green: 'keep', capsule },
    });

  it('in AWS is reached with the load balancer’s access', () => {
    const s3 = { with: 's3', bucket: 'shop-capsules', prefix: 'cutover' } as const;

    expect(placeOf({ with: 'ssm', prefix: '/cutover' })).toMatchObject({ access: inLoadBalancers });
    expect(placeOf(s3)).toEqual({ ...s3, access: inLoadBalancers });
  });

  it('may be a bucket in another region of that account', () => {
    const s3 = { with: 's3', bucket: 'shop-capsules', prefix: 'cutover' } as const;

    expect(placeOf({ ...s3, region: 'eu-north-1' })).toEqual({ ...s3, access: elsewhere });
  });
});

import {
  fakeGatewayRoute,
  fakeNameRoute,
  fakeNlbRoute,
  fakePlan,
  fakeRoute,
} from '#test/fakes/fake-plan.ts';
import { createStage, readyInput, routeIds } from '#test/activities/run-activity.ts';

/** The activities in the order of the story, on a world in memory: the bones that the workflow moves. */
describe('the activities, one after the other', () => {
  it.each([
    ['a rule of an ALB', fakeRoute('web')],
    ['a listener of an NLB', { ...fakeNlbRoute('web'), flows: 'app' }],
    ['a name in Route 53', fakeNameRoute('web')],
    ['an HTTPRoute in front of both', fakeGatewayRoute('web')],
  ])('take blue to green and remove blue, by %s', async (_, route) => {
    const { traffic } = fakePlan().spec;
    const groups = traffic.groups.map((group) => ({ ...group, routes: [route] }));
    const stage = createStage({ plan: fakePlan({ traffic: { ...traffic, groups } }) });
    const { world, activities, settled } = stage;
    const input = await readyInput(stage);
    await settled(async () => activities.installAddons(input));
    await settled(async () => activities.awaitAddons(input));
    const { findings } = await settled(async () => activities.checkReadiness(input));
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'info green-adopted',
    ]);
    await settled(async () => activities.smokeTest(input));
    for (const percent of [5, 50, 100]) {
      const step = { ...input, routeIds: routeIds(input), percent };
      const { able } = await settled(async () =>
        activities.checkAbility({ ...step, side: 'green' }),
      );
      expect(able).toBe(true);
      const { readBack, readBackAt } = await settled(async () => activities.setWeights(step));
      expect(readBack).toEqual({ web: percent });
      const look = { ...step, since: readBackAt, withinSeconds: 5 };
      const { verdict } = await settled(async () => activities.verifyShare(look));
      expect(verdict).toBe('fits');
    }
    await settled(async () => activities.handOverSingletons(input));
    await settled(async () => activities.proveBlueIdle(input));
    await settled(async () => activities.releaseBlue(input));
    await settled(async () => activities.deleteBlueNodegroups(input));
    await settled(async () => activities.deleteBlueCluster(input));

    expect(world.weightHistory('web')).toEqual([0, 0, 5, 50, 100, 100]);
    expect([...world.eks.clusters.values()].map(({ name }) => name)).toEqual(['shop-green']);
    expect(world.loadBalancer.doors).toEqual([]);
  });
});

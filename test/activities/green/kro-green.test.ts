/** Green by kro, as the workflow has it made and taken away: on a hub in memory. */
import type { KroWay } from '#activities/ports/provisioner.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import {
  createStage,
  failureOf,
  greenInput,
  REF,
  resolvedInput,
  type Stage,
} from '#test/activities/run-activity.ts';

const BY_KRO: KroWay = {
  with: 'kro',
  hub: 'platform',
  definition: 'cutover-eks-green',
  namespace: 'default',
  values: {},
};

function kroStage(timings: Parameters<typeof createStage>[1] = {}): Stage {
  const plan = fakePlan();
  const { green } = plan.spec;
  const spec = { ...plan.spec, green: { ...green, provision: BY_KRO } };
  return createStage({ plan: { ...plan, spec } }, timings);
}

describe('green by kro', () => {
  it('is awaited until EKS knows it, and is then a green like any other', async () => {
    const stage = kroStage();
    const { world, activities, once } = stage;
    const input = await resolvedInput(stage);

    expect(await failureOf(once(async () => activities.createGreen(input)))).toBe('waiting');
    const { green } = await greenInput(stage);

    expect(green).toMatchObject({ name: 'shop-green', version: '1.36', arn: world.green?.arn });
    expect([...(world.green?.nodegroups.keys() ?? [])]).toEqual(['workers']);
    expect(world.hub.instances.get('shop-green')?.ref).toEqual(REF);
  });

  it('whose name a stranger’s instance has is refused', async () => {
    const stage = kroStage();
    const { world, activities, once } = stage;
    const input = await resolvedInput(stage);
    const ref = { ...REF, workflowId: 'migrate/other' };
    world.hub.instances.set('shop-green', { ref, isGoing: false });

    expect(await failureOf(once(async () => activities.createGreen(input)))).toBe(
      'stranger-resource',
    );
  });

  it('that kro complains of is waited for with kro’s word, and is given up when kro goes on', async () => {
    const stage = kroStage({ hubRecoversWithinMs: 60_000 });
    const { world, activities, once } = stage;
    const input = await greenInput(stage);
    world.hub.ailment = 'kro: cannot apply';
    const at = async (ailingSinceMs?: number): Promise<unknown> =>
      once(
        async () => activities.awaitNodegroups(input),
        ailingSinceMs === undefined ? {} : { heartbeatDetails: { ailingSinceMs } },
      );

    await expect(at()).rejects.toMatchObject({
      type: 'waiting',
      message: expect.stringContaining('kro: cannot apply'),
    });
    await expect(at(Date.now() - 10_000)).rejects.toMatchObject({ type: 'waiting' });
    await expect(at(Date.now() - 70_000)).rejects.toMatchObject({
      type: 'cluster-failed',
      message: expect.stringMatching(
        /kro: cannot apply.*next: mend what the message names on the hub/u,
      ),
    });

    world.hub.ailment = null;
    await once(async () => activities.awaitNodegroups(input));
  });

  it('is taken away with its instance, also where EKS does not know it yet', async () => {
    const stage = kroStage();
    const { world, activities, once, settled } = stage;
    const input = await resolvedInput(stage);
    expect(await failureOf(once(async () => activities.createGreen(input)))).toBe('waiting');

    await settled(async () => activities.deleteGreen(input));
    expect(world.hub.instances.size).toBe(0);

    await greenInput(stage);
    await settled(async () => activities.deleteGreen(input));
    expect(world.hub.instances.size).toBe(0);
    expect(world.green).toBeNull();
  });

  it('is not taken away while a route leads to it', async () => {
    const stage = kroStage();
    const { world, activities, once, settled } = stage;
    const input = await greenInput(stage);
    await settled(async () => activities.attachGreen(input));
    const [route] = input.resolved.routes;
    const { blueTargetGroupArn: blue = '', greenTargetGroupArn: green = '' } = route ?? {};
    world.loadBalancer.meddle(blue, [{ arn: green, weight: 1 }]);

    expect(await failureOf(once(async () => activities.deleteGreen(input)))).toBe('not-idle');
    expect(world.hub.instances.get('shop-green')?.isGoing).toBe(false);
  });

  it('is told to be impossible before anything is made', async () => {
    const stage = kroStage();
    const { world, activities, settled } = stage;
    const input = await resolvedInput(stage);
    world.hub.facts = { definition: null };

    const { findings } = await settled(async () => activities.checkReadiness(input));

    expect(findings[0]).toMatchObject({ code: 'kro-definition-inactive', severity: 'block' });
    expect(world.hub.instances.size).toBe(0);
  });
});

import { CutoverFailure } from '#domain/failures.ts';
import { FAKE_PROBED_ADDONS, fakePlan } from '#test/fakes/fake-plan.ts';
import { createStage, failureOf, greenInput } from '#test/activities/run-activity.ts';

const PLACE = 'cutover-probes';

async function onGreen() {
  const stage = createStage({ plan: fakePlan({ addons: FAKE_PROBED_ADDONS }) });
  const input = await greenInput(stage);
  const probe = async () => stage.activities.probeAddons(input);
  return { ...stage, input, probe, green: stage.world.greenKubernetes };
}

it('asks every probe by Jobs, and takes everything away with the verdict', async () => {
  const { settled, probe, green, world } = await onGreen();

  const facts = await settled(probe);

  expect(facts['probesPassed']).toBe('pod-on-every-node, service-routing, dns-inside, webhooks');
  for (const kind of ['jobs', 'services', 'deployments', 'persistentvolumeclaims'])
    expect(green.all(kind)).toEqual([]);
  expect(green.all('namespaces')).toEqual([]);
  expect(world.blueKubernetes.all('jobs')).toEqual([]);
});

it('makes each object once, however often its worker dies', async () => {
  const { settled, probe, world } = await onGreen();
  for (let call = 1; call <= 60; call += 1) {
    world.calls.crashAt(1, call % 2 === 0 ? 'before' : 'after');
    await settled(probe).catch(() => undefined);
  }

  const facts = await settled(probe);

  expect(facts).toMatchObject({ probes: 4 });
  expect(world.greenKubernetes.all('jobs')).toEqual([]);
});

it('names the add-on, the probe and the evidence of what failed, and leaves nothing behind', async () => {
  const { settled, probe, green } = await onGreen();
  green.failingProbes.set('dns-inside', 'kubernetes.default has no address');

  const failure = await settled(probe).catch((cause: unknown) => cause);

  expect(failure).toBeInstanceOf(CutoverFailure);
  expect(failure).toMatchObject({
    type: 'addon-probe-failed',
    resource: 'shop-green/coredns',
    message: expect.stringContaining('probe dns-inside failed: '),
  });
  expect(green.all('jobs')).toEqual([]);
});

it('leaves a namespace alone that was there, and what is in it', async () => {
  const { settled, probe, green } = await onGreen();
  const metadata = { name: PLACE, labels: { team: 'platform' } };
  green.seed('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  const own = { name: 'theirs', namespace: PLACE };
  green.seed('jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata: own });

  await settled(probe);

  expect(green.all('namespaces').map((object) => object.metadata.name)).toEqual([PLACE]);
  expect(green.all('jobs').map((object) => object.metadata.name)).toEqual(['theirs']);
});

it('waits while an earlier namespace of that name is going', async () => {
  const { once, probe, green } = await onGreen();
  const metadata = { name: PLACE, deletionTimestamp: '2026-11-26T12:00:00Z' };
  green.seed('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });

  expect(await failureOf(once(probe))).toBe('waiting');
});

it('is nothing where the plan names no image, and installing says so', async () => {
  const stage = createStage();
  const input = await greenInput(stage);

  expect(await stage.once(async () => stage.activities.probeAddons(input))).toEqual({});
  const facts = await stage.once(async () => stage.activities.installAddons(input));
  expect(facts).toMatchObject({ probes: expect.stringContaining('none') });
  expect(stage.world.calls.writes('kubernetes.apply')).toEqual([]);
});

it('a configuration that does not fit holds everything up before anything is installed', async () => {
  const { once, activities, input, world } = await onGreen();
  const misfit = { path: 'ipvs', found: 'an object', allowed: 'no such field' };
  world.eks.addonMisfits.set('vpc-cni', [misfit]);

  const failure = once(async () => activities.installAddons(input));

  expect(await failureOf(failure)).toBe('addon-configuration');
  expect(world.calls.writes('addons.installLike')).toEqual([]);
});

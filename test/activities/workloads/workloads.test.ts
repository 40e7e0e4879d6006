import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';
import { SEEDED_SECRET } from '#test/fakes/seed-shop.ts';
import {
  createStage,
  environment,
  failureOf,
  greenInput,
  REF,
  type Stage,
} from '#test/activities/run-activity.ts';

async function copied(stage: Stage) {
  const { activities, settled } = stage;
  const input = await greenInput(stage);
  await settled(async () => activities.attachGreen(input));
  const facts = await settled(async () => activities.copyWorkloads(input));
  return { input, facts };
}

function named(objects: readonly KubernetesObject[], name: string): KubernetesObject | undefined {
  return objects.find(({ metadata }) => metadata.name === name);
}

describe('copying workloads', () => {
  it("brings the namespaces' objects to green, marked as ours, and answers with counts only", async () => {
    const stage = createStage();
    const { facts } = await copied(stage);
    expect(facts).toEqual({
      namespaces: 1,
      serviceaccounts: 1,
      horizontalpodautoscalers: 1,
      configmaps: 1,
      secrets: 1,
      services: 1,
      deployments: 2,
      cronjobs: 2,
      targetgroupbindings: 1,
    });
    const green = stage.world.greenKubernetes;
    for (const plural of ['namespaces', 'configmaps', 'deployments'])
      for (const { metadata } of green.all(plural))
        expect(metadata.labels?.['cutover/migration-id']).toBe(REF.migrationId);
    expect(named(green.all('namespaces'), 'shop')?.metadata.labels).toMatchObject({ team: 'shop' });
  });

  it('leaves behind what is bound to blue', async () => {
    const stage = createStage();
    await copied(stage);
    const green = stage.world.greenKubernetes;
    expect(named(green.all('services'), 'public')).toBeUndefined();
    expect(named(green.all('configmaps'), 'kube-root-ca.crt')).toBeUndefined();
    expect(named(green.all('secrets'), 'default-token')).toBeUndefined();
    expect(named(green.all('services'), 'web')?.['spec']).not.toHaveProperty('clusterIP');
  });

  it("binds green's pods to green's target group and admits the load balancer (I13)", async () => {
    const stage = createStage();
    const { input } = await copied(stage);
    const [route] = input.resolved.routes;
    expect(stage.world.greenKubernetes.all('targetgroupbindings')[0]?.['spec']).toMatchObject({
      targetGroupARN: route?.greenTargetGroupArn,
      networking: { ingress: [{ from: [{ securityGroup: { groupID: 'sg-front-door' } }] }] },
    });
  });

  it('holds every singleton (I7)', async () => {
    const stage = createStage();
    await copied(stage);
    const running = stage.world.greenKubernetes.running();
    expect(running).toEqual(['Deployment shop/web']);
  });

  it('equals once when it is done twice, and when it died half-way', async () => {
    const stage = createStage();
    const { world, activities, settled } = stage;
    const input = await greenInput(stage);
    const copy = async (): Promise<unknown> => activities.copyWorkloads(input);
    world.calls.crashAt(25, 'after');
    expect(await failureOf(settled(copy))).toBe('unavailable');
    await settled(copy);
    const specs = (): unknown =>
      ['deployments', 'cronjobs', 'services'].map((plural) =>
        world.greenKubernetes.all(plural).map(({ metadata, spec }) => [metadata.name, spec]),
      );
    const once = specs();
    await settled(copy);
    expect(specs()).toEqual(once);
  });

  it('shows secrets to nobody: neither in its answer nor in a failure (I10)', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    const { input, facts } = await copied(stage);
    expect(JSON.stringify(world.greenKubernetes.all('secrets'))).toContain(SEEDED_SECRET);
    const said: unknown[] = [facts];
    for (let n = 1; n < 20; n += 1) {
      world.calls.failNext('kubernetes.apply', 'invalid-request', 1);
      const copy = async (): Promise<unknown> => activities.copyWorkloads(input);
      said.push(await once(copy).catch(String));
    }
    expect(JSON.stringify(said)).not.toContain(SEEDED_SECRET);
  });

  it('heartbeats, and ends when it is cancelled', async () => {
    const stage = createStage();
    const input = await greenInput(stage);
    const hold = stage.world.calls.holdNext('kubernetes.apply');
    const attempt = environment();
    const ending = failureOf(attempt.run(async () => stage.activities.copyWorkloads(input)));
    await hold.reached;
    attempt.cancel();
    hold.release();
    expect(await ending).toMatch(/Cancelled|Abort/);
  });

  it('says so when blue has no such namespace', async () => {
    const stage = createStage();
    const input = await greenInput(stage);
    const workloads = { ...input.spec.workloads, namespaces: ['nobody'] };
    const other = { ...input, spec: { ...input.spec, workloads } };
    expect(await failureOf(stage.once(async () => stage.activities.copyWorkloads(other)))).toBe(
      'not-found',
    );
  });
});

describe('waiting for workloads', () => {
  it("ends when Deployments are available and green's targets are healthy", async () => {
    const stage = createStage();
    const { activities, once } = stage;
    const { input } = await copied(stage);
    const facts = await once(async () => activities.awaitWorkloads(input));
    expect(facts).toEqual({ deployments: 2 });
  });

  it("says for how long green's new targets start slowly", async () => {
    const stage = createStage();
    const { activities, once, world } = stage;
    world.loadBalancer.slowStartSeconds = 90;
    const { input } = await copied(stage);
    const facts = await once(async () => activities.awaitWorkloads(input));
    expect(facts).toEqual({ deployments: 2, slowStartSeconds: 90 });
  });

  it('goes on while a zone that needs one has no target of green', async () => {
    const stage = createStage();
    stage.world.loadBalancer.crossesZones = false;
    const { input } = await copied(stage);
    stage.world.setHealthyTargets('green', 2);
    const ending = stage.once(async () => stage.activities.awaitWorkloads(input));
    await expect(ending).rejects.toThrow(/0 healthy targets in zone eu-west-1c on route web/u);
    stage.world.setHealthyTargets('green', 3);
    await stage.once(async () => stage.activities.awaitWorkloads(input));
  });

  it('names the workload that is late, and fails when the time of the plan is over', async () => {
    const stage = createStage();
    const { world, activities, once } = stage;
    world.greenKubernetes.broken.add('shop/web');
    const { input } = await copied(stage);
    const wait = async (): Promise<unknown> => activities.awaitWorkloads(input);
    await expect(once(wait)).rejects.toMatchObject({ type: 'waiting', resource: 'shop/web' });
    const afterMs = input.spec.workloads.availableWithinSeconds * 1000;
    const late = { scheduledTimestampMs: 0, currentAttemptScheduledTimestampMs: afterMs };
    await expect(once(wait, late)).rejects.toMatchObject({
      type: 'workload-unavailable',
      resource: 'shop/web',
      message: expect.stringContaining('0 of 3 replicas'),
    });
  });

  it("waits for as many healthy targets as the plan's guardrail wants", async () => {
    const guardrails = [
      { metric: 'healthy-targets' as const, from: 'app', min: 4, minRequests: 0 },
    ];
    const { analysis } = fakePlan().spec;
    const stage = createStage({ plan: fakePlan({ analysis: { ...analysis, guardrails } }) });
    const { input } = await copied(stage);
    const wait = async (): Promise<unknown> => stage.activities.awaitWorkloads(input);
    expect(await failureOf(stage.once(wait))).toBe('waiting');
    stage.world.setHealthyTargets('green', 4);
    expect(await failureOf(stage.once(wait))).toBe('none');
  });

  it('does not take targets for healthy that no rule names yet', async () => {
    const stage = createStage();
    const input = await greenInput(stage);
    await stage.settled(async () => stage.activities.copyWorkloads(input));
    const wait = async (): Promise<unknown> => stage.activities.awaitWorkloads(input);
    expect(await failureOf(stage.once(wait))).toBe('waiting');
  });
});

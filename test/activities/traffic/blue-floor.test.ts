import { fieldsOf } from '#domain/json/json-fields.ts';
import type { FakeWorld } from '#test/fakes/fake-world.ts';
import {
  createStage,
  failureOf,
  resolvedInput,
  type Stage,
} from '#test/activities/run-activity.ts';

const HPAS = { apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers' } as const;

async function hold(stage: Stage) {
  const input = await resolvedInput(stage);
  return stage.once(async () => stage.activities.holdBlueFloor(input));
}

async function restore(stage: Stage): Promise<void> {
  const input = await resolvedInput(stage);
  await stage.once(async () => stage.activities.restoreBlueFloor(input));
}

function floors({ blueKubernetes }: FakeWorld): readonly unknown[] {
  return blueKubernetes.all(HPAS.plural).map((one) => fieldsOf(one['spec'])['minReplicas']);
}

function heldNodes({ blueKubernetes }: FakeWorld): readonly string[] {
  return blueKubernetes
    .all('nodes')
    .filter(({ metadata }) => metadata.annotations?.['karpenter.sh/do-not-disrupt'] === 'true')
    .map(({ metadata }) => metadata.name);
}

describe("blue's floor", () => {
  it('is raised to its peak, the nodes under its pods are held, and both are given back', async () => {
    const stage = createStage();

    const report = await hold(stage);
    expect(report).toEqual({ raised: 1, nodesHeld: 2, leftAlone: [], leftAloneCount: 0 });
    expect(floors(stage.world)).toEqual([3]);
    expect(heldNodes(stage.world)).toEqual(['node-0', 'node-1']);

    await restore(stage);
    expect(floors(stage.world)).toEqual([1]);
    expect(heldNodes(stage.world)).toEqual([]);
  });

  it('held twice equals once; given back twice too', async () => {
    const stage = createStage();
    await hold(stage);
    const once = JSON.stringify(stage.world.blueKubernetes.all('nodes'));

    expect((await hold(stage)).raised).toBe(0);
    expect(JSON.stringify(stage.world.blueKubernetes.all('nodes'))).toBe(once);

    await restore(stage);
    const writes = stage.world.calls.writes('kubernetes.merge').length;
    await restore(stage);
    expect(stage.world.calls.writes('kubernetes.merge')).toHaveLength(writes);
    expect(floors(stage.world)).toEqual([1]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'held by a worker that dies at call %d and by the next one comes back to what it was',
    async (call) => {
      const stage = createStage();
      const input = await resolvedInput(stage);
      stage.world.calls.crashAt(call, call % 2 === 0 ? 'after' : 'before');
      await failureOf(stage.once(async () => stage.activities.holdBlueFloor(input)));
      await stage.once(async () => stage.activities.holdBlueFloor(input));
      await stage.once(async () => stage.activities.restoreBlueFloor(input));

      expect(floors(stage.world)).toEqual([1]);
      expect(heldNodes(stage.world)).toEqual([]);
    },
  );

  it('that a tool owns is not touched: preflight warns, the report names owner and value', async () => {
    const stage = createStage();
    const { blueKubernetes } = stage.world;
    const [autoscaler] = blueKubernetes.all(HPAS.plural);
    if (autoscaler === undefined) throw new Error('blue has no autoscaler');
    const managedFields = [
      { manager: 'kustomize-controller', fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } },
    ];
    blueKubernetes.seed(HPAS.plural, {
      ...autoscaler,
      metadata: { ...autoscaler.metadata, managedFields },
    });
    const input = await resolvedInput(stage);
    const { findings } = await stage.once(async () => stage.activities.checkReadiness(input));

    const report = await hold(stage);

    expect(findings).toMatchObject([{ code: 'floor-owned-elsewhere', severity: 'warn' }]);
    expect(report.raised).toBe(0);
    expect(report.leftAlone).toEqual([
      expect.stringMatching(/Flux .*owns spec.minReplicas .*shop\/web.*from 1 to 3/u),
    ]);
    expect(floors(stage.world)).toEqual([1]);
  });

  it('of a blue that is gone needs no restore', async () => {
    const stage = createStage();
    const input = await resolvedInput(stage);
    stage.world.eks.clusters.clear();

    await stage.once(async () => stage.activities.restoreBlueFloor(input));
  });
});

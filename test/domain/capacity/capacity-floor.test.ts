import * as fc from 'fast-check';
import {
  BEFORE_FLOOR_ANNOTATION,
  floorOf,
  holdNode,
  nodesUnder,
  releaseNode,
  unfloor,
  type FloorFacts,
} from '#domain/capacity/capacity-floor.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { mergePatch } from '#test/fakes/merge-patch.ts';

const FACTS: FloorFacts = { deployments: [], autoscalers: [], recorded: {}, singletons: [] };

function hpa(spec: Fields = {}, rest: Fields = {}, metadata: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 10, ...spec },
    ...rest,
  };
}

function scaledObject(spec: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { scaleTargetRef: { name: 'web' }, ...spec },
  };
}

function deployment(replicas: number): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas },
  };
}

const patched = (object: KubernetesObject, patch: Fields): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, ...mergePatch(object.metadata, fieldsOf(patch['metadata'])) },
  spec: mergePatch(fieldsOf(object['spec']), fieldsOf(patch['spec'])),
});

function raised(object: KubernetesObject, facts: FloorFacts): KubernetesObject {
  const decision = floorOf(object, facts);
  return decision.kind === 'raise' ? patched(object, decision.patch) : object;
}

describe('the floor of an autoscaler', () => {
  it.each<readonly [string, KubernetesObject, Partial<FloorFacts>, number]>([
    ['what was recorded', hpa({ minReplicas: 2 }), { recorded: { 'shop/web': 6 } }, 6],
    ['what runs now', hpa({ minReplicas: 2 }), { deployments: [deployment(5)] }, 5],
    ['what the autoscaler has', hpa({}, { status: { currentReplicas: 4 } }), {}, 4],
    ['what the autoscaler wants', hpa({}, { status: { desiredReplicas: 7 } }), {}, 7],
    ['its maximum at most', hpa(), { recorded: { 'shop/web': 50 } }, 10],
    ['KEDA’s own field', scaledObject(), { recorded: { 'shop/web': 3 } }, 3],
  ])('is raised to the peak: %s', (_, object, facts, to) => {
    expect(floorOf(object, { ...FACTS, ...facts })).toMatchObject({ kind: 'raise', to });
  });

  it.each<readonly [string, KubernetesObject, Partial<FloorFacts>]>([
    ['it is high enough', hpa({ minReplicas: 6 }), { recorded: { 'shop/web': 6 } }],
    ['nothing ran', hpa(), {}],
    [
      'KEDA made it: its ScaledObject is raised',
      hpa({}, {}, { ownerReferences: [{ kind: 'ScaledObject', name: 'web' }] }),
      { recorded: { 'shop/web': 6 } },
    ],
    [
      'a singleton leaves blue on purpose',
      scaledObject(),
      { recorded: { 'shop/web': 6 }, singletons: ['shop/web'] },
    ],
    ['it is no autoscaler', deployment(3), { recorded: { 'shop/web': 6 } }],
  ])('is kept where %s', (_, object, facts) => {
    expect(floorOf(object, { ...FACTS, ...facts })).toEqual({ kind: 'keep' });
  });

  it('that a tool owns is left alone; owner and patch are named (I15)', () => {
    const managedFields = [
      { manager: 'argocd-controller', fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } },
    ];
    const object = hpa({ minReplicas: 2 }, {}, { managedFields });

    expect(floorOf(object, { ...FACTS, recorded: { 'shop/web': 6 } })).toEqual({
      kind: 'left-alone',
      reason: expect.stringMatching(
        /^Argo CD .*owns spec.minReplicas of HorizontalPodAutoscaler shop\/web: set it from 2 to 6 there/u,
      ),
    });
  });

  it('of an object that a tool marks as its own is left alone', () => {
    const labels = { 'argocd.argoproj.io/instance': 'shop' };
    const facts = { ...FACTS, recorded: { 'shop/web': 6 } };

    expect(floorOf(hpa({ minReplicas: 2 }, {}, { labels }), facts).kind).toBe('left-alone');
    expect(floorOf(hpa({ minReplicas: 2 }), facts).kind).toBe('raise');
  });

  it('raised twice is raised once, and comes off to what it was, whatever was written before', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (minReplicas, peak, laterPeak) => {
          const before = hpa(minReplicas === undefined ? {} : { minReplicas });
          const once = raised(before, { ...FACTS, recorded: { 'shop/web': peak } });
          const again = raised(once, { ...FACTS, recorded: { 'shop/web': laterPeak } });
          const patch = unfloor(again);
          const after = patch === null ? again : patched(again, patch);

          expect(raised(once, { ...FACTS, recorded: { 'shop/web': peak } })).toEqual(once);
          expect(after['spec']).toEqual(before['spec']);
          expect(after.metadata.annotations ?? {}).toEqual({});
          expect(unfloor(after)).toBeNull();
        },
      ),
    );
  });

  it('that somebody changed meanwhile stays as they set it', () => {
    const ours = raised(hpa({ minReplicas: 2 }), { ...FACTS, recorded: { 'shop/web': 6 } });
    const theirs = patched(ours, { spec: { minReplicas: 9 } });

    const after = patched(theirs, unfloor(theirs) ?? {});

    expect(after['spec']).toMatchObject({ minReplicas: 9 });
    expect(after.metadata.annotations).toEqual({});
  });

  it('with a note that cannot be read loses the note and nothing else', () => {
    const annotations = { [BEFORE_FLOOR_ANNOTATION]: 'not JSON' };
    const object = hpa({ minReplicas: 6 }, {}, { annotations });

    expect(unfloor(object)).toEqual({
      metadata: { annotations: { [BEFORE_FLOOR_ANNOTATION]: null } },
    });
  });
});

describe('nodes under blue’s pods', () => {
  const pod = (nodeName: string, kind: string, phase = 'Running'): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: nodeName, namespace: 'shop', ownerReferences: [{ kind }] },
    spec: { nodeName },
    status: { phase },
  });
  const node = (annotations?: Readonly<Record<string, string>>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: annotations === undefined ? { name: 'n' } : { name: 'n', annotations },
  });

  it('are those that carry pods which stay; ended ones, Jobs and DaemonSets hold none', () => {
    expect(
      nodesUnder([
        pod('a', 'ReplicaSet'),
        pod('a', 'ReplicaSet'),
        pod('b', 'StatefulSet'),
        pod('c', 'Job'),
        pod('d', 'DaemonSet'),
        pod('e', 'ReplicaSet', 'Failed'),
      ]),
    ).toEqual(['a', 'b']);
  });

  it.each([
    [undefined],
    [{ team: 'shop' }],
    [{ 'karpenter.sh/do-not-disrupt': 'false' }],
    [{ 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' }],
  ])('are held once and released to what they were: %j', (annotations) => {
    const before = node(annotations);
    const held = patched(before, holdNode(before) ?? {});
    const released = patched(held, releaseNode(held) ?? {});

    expect(held.metadata.annotations).toMatchObject({
      'karpenter.sh/do-not-disrupt': 'true',
      'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true',
    });
    expect(holdNode(held)).toBeNull();
    expect(released.metadata.annotations ?? {}).toEqual(annotations ?? {});
    expect(releaseNode(released)).toBeNull();
  });

  it('that were held by others are not ours to release', () => {
    const theirs = node({
      'karpenter.sh/do-not-disrupt': 'true',
      'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true',
    });

    expect(holdNode(theirs)).toBeNull();
    expect(releaseNode(theirs)).toBeNull();
  });
});

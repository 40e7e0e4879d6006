import * as fc from 'fast-check';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { identityHazards } from '#domain/workload-hazards/blue-identity.ts';
import {
  customHazards,
  customKind,
  type CustomKind,
} from '#domain/workload-hazards/custom-resources.ts';
import { karpenterHazards } from '#domain/workload-hazards/karpenter.ts';
import { volumeHazards } from '#domain/workload-hazards/volumes.ts';

type Fields = Readonly<Record<string, unknown>>;

function object(kind: string, name: string, rest: Fields = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, ...rest };
}

const lines = (found: readonly { severity: string; code: string }[]): readonly string[] =>
  found.map(({ severity, code }) => `${severity} ${code}`);

describe('work with blue’s identity', () => {
  const BLUE = 'shop-blue';
  const found = (container: Fields, isCopied = true, blue = BLUE, singletons: string[] = []) =>
    identityHazards(
      object('Deployment', 'tool', {
        spec: { template: { spec: { containers: [{ name: 'tool', ...container }] } } },
      }),
      isCopied,
      { blue, singletons, otherNames: new Set(['shop']) },
    );
  const variable = (name: string, value: string): Fields => ({ env: [{ name, value }] });

  it.each<[string, Fields, string, number]>([
    ['a flag with its value', { args: ['--cluster-name=shop-blue'] }, BLUE, 1],
    ['a flag before its value', { args: ['--cluster-name', 'shop-blue'] }, BLUE, 1],
    ['a variable', variable('CLUSTER_NAME', 'shop-blue'), BLUE, 1],
    ['a short name that a flag calls a cluster', variable('CLUSTER_NAME', 'shop'), 'shop', 1],
    ['a short name elsewhere', variable('TEAM', 'shop'), 'shop', 0],
    ['a word in a command', { command: ['run', 'in shop-blue now'] }, BLUE, 1],
    ['an ARN', variable('X', 'arn:aws:eks:eu-west-1:1:cluster/shop'), 'shop', 1],
    [
      'a discovery tag',
      { args: ['--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/shop'] },
      'shop',
      1,
    ],
    ['the name of another cluster', variable('CLUSTER_NAME', 'shop-blue-2'), BLUE, 0],
    ['a part of another name', { args: ['--x=my-shop-blue'] }, BLUE, 0],
    ['nothing', { image: 'shop-blue' }, BLUE, 0],
  ])('is told by %s', (_, container, blue, count) => {
    expect(found(container, true, blue)).toHaveLength(count);
  });

  it('warns where it is copied, and is mentioned where it is not', () => {
    const container = variable('CLUSTER_NAME', BLUE);
    expect(lines(found(container))).toEqual(['warn names-blue']);
    expect(lines(found(container, false))).toEqual(['info names-blue']);
  });

  it('shows no value of an argument or variable: it may be a secret', () => {
    fc.assert(
      // Digits alone: a word that our own sentences use, such as “argument”, would be found in them.
      fc.property(fc.stringMatching(/^[0-9]{8,16}$/u), (secret) => {
        const value = `${secret} shop-blue`;
        const all = found({ args: [`--token=${value}`, value], ...variable('TOKEN', value) });
        expect(all).toHaveLength(1);
        expect(JSON.stringify(all)).not.toContain(secret);
      }),
    );
  });

  it('blocks an external-dns that would run twice with one owner id', () => {
    const image = 'registry.k8s.io/external-dns/external-dns:v0.15.0';
    const [mine] = found({ image, args: ['--txt-owner-id=shop'] });

    expect(mine).toMatchObject({ code: 'dns-owner-shared', severity: 'block' });
    expect(mine?.evidence).toContain('“shop”');
    expect(lines(found({ image }))).toEqual(['block dns-owner-shared']);
    expect(lines(found({ image }, false))).toEqual(['warn dns-owner-shared']);
    expect(found({ image }, true, BLUE, ['shop/tool'])).toEqual([]);
    expect(found({ image: 'my/external-dns-exporter:1' })).toEqual([]);
  });
});

describe('volumes', () => {
  const claim = object('PersistentVolumeClaim', 'data', { spec: {} });
  const volume = (spec: Fields, labels: Readonly<Record<string, string>> = {}) => ({
    ...object('PersistentVolume', 'pv'),
    metadata: { name: 'pv', labels },
    spec: { claimRef: { namespace: 'shop', name: 'data' }, ...spec },
  });
  const found = (...objects: readonly KubernetesObject[]) =>
    lines(volumeHazards({ objects, singletons: [], cronJobs: 'all', plannedIngresses: [] }));

  it.each<[string, KubernetesObject, readonly string[]]>([
    ['that stay', volume({ persistentVolumeReclaimPolicy: 'Retain' }), []],
    [
      'that go with the claim',
      volume({ persistentVolumeReclaimPolicy: 'Delete' }),
      ['warn volume-goes-with-claim'],
    ],
    [
      'of a zone',
      volume({}, { 'topology.kubernetes.io/zone': 'eu-west-1a' }),
      ['info volume-zone-bound'],
    ],
    ['of another claim', volume({ claimRef: {}, persistentVolumeReclaimPolicy: 'Delete' }), []],
  ])('%s', (_, of, codes) => {
    expect(found(claim, of)).toEqual(codes);
  });

  it('without a claim in the plan’s namespaces do not matter', () => {
    expect(found(volume({ persistentVolumeReclaimPolicy: 'Delete' }))).toEqual([]);
  });
});

describe('custom resources', () => {
  const definition = (change: Fields = {}, stored: readonly string[] = ['v1']): KubernetesObject =>
    object('CustomResourceDefinition', 'things.example.com', {
      spec: {
        group: 'example.com',
        names: { kind: 'Thing', plural: 'things' },
        scope: 'Namespaced',
        versions: [
          { name: 'v1beta1', served: true, storage: false, deprecated: true },
          { name: 'v1alpha1', served: false, storage: false },
          { name: 'v1', served: true, storage: true },
        ],
        ...change,
      },
      status: { storedVersions: stored },
    });
  const HELD = [{ namespace: 'shop', names: ['a', 'b', 'c', 'd'] }];
  const codes = (of: KubernetesObject, held = HELD, answering: readonly string[] = []) => {
    const custom: CustomKind | null = customKind(of);
    return custom === null ? null : lines(customHazards(custom, held, new Set(answering)));
  };
  const conversion = {
    strategy: 'Webhook',
    webhook: { clientConfig: { service: { namespace: 'tools', name: 'converter' } } },
  };

  it.each<[string, KubernetesObject, readonly string[] | null]>([
    ['are not carried over', definition(), ['warn custom-not-copied']],
    [
      'need whoever converts them',
      definition({ conversion }),
      ['warn custom-not-copied', 'warn crd-conversion-webhook'],
    ],
    [
      'may be stored in a version that is gone',
      definition({}, ['v0', 'v1alpha1', 'v1']),
      ['warn custom-not-copied', 'warn crd-stored-version', 'warn crd-stored-version'],
    ],
    [
      'may be stored in a version that will go',
      definition({}, ['v1beta1', 'v1']),
      ['warn custom-not-copied', 'info crd-stored-version'],
    ],
    ['of the cluster are another matter', definition({ scope: 'Cluster' }), null],
    ['that nobody serves cannot be read', definition({ versions: [] }), null],
    [
      'that the copy knows are carried over',
      definition({
        group: 'elbv2.k8s.aws',
        names: { kind: 'TargetGroupBinding', plural: 'targetgroupbindings' },
      }),
      null,
    ],
  ])('%s', (_, of, wanted) => {
    expect(codes(of)).toEqual(wanted);
  });

  it('that are not in the plan’s namespaces do not matter', () => {
    expect(codes(definition({ conversion }), [{ namespace: 'shop', names: [] }])).toEqual([]);
  });

  it('are asked for in the version that is stored, and name whoever is deaf', () => {
    const custom = customKind(definition({ conversion }));
    const [left, deaf] = custom === null ? [] : customHazards(custom, HELD, new Set());

    expect(custom?.apiVersion).toBe('example.com/v1');
    expect(left?.evidence).toContain('a, b, c and 1 more in shop');
    expect(deaf?.evidence).toContain('has no ready endpoint');
  });

  it('are judged whatever a definition looks like', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (spec, status) => {
        const custom = customKind(object('CustomResourceDefinition', 'x', { spec, status }));
        if (custom !== null) customHazards(custom, HELD, new Set());
      }),
    );
  });
});

describe('Karpenter', () => {
  const found = (...objects: readonly KubernetesObject[]) =>
    karpenterHazards({
      objects,
      singletons: [],
      cronJobs: 'all',
      plannedIngresses: [],
      blue: 'shop-blue',
    });

  it('gives blue nodes that green is not made with', () => {
    expect(lines(found(object('NodePool', 'default')))).toEqual(['warn karpenter-capacity']);
  });

  it('must not make green’s nodes with a class that names blue', () => {
    const nodeClass = (spec: Fields) => object('EC2NodeClass', 'default', { spec });
    const [named] = found(
      nodeClass({
        role: 'KarpenterNodeRole-shop-blue',
        subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'shop-blue' } }],
      }),
    );

    expect(named).toMatchObject({ code: 'node-class-names-blue', severity: 'warn' });
    expect(named?.evidence).toBe('spec.role, spec.subnetSelectorTerms name shop-blue');
    expect(found(nodeClass({ role: 'KarpenterNodeRole-shop-blue-2' }))).toEqual([]);
  });
});

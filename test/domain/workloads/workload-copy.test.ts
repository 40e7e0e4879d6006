import * as fc from 'fast-check';
import {
  COPIED_KINDS,
  copyForGreen,
  type CopyTargets,
  type KubernetesObject,
} from '#domain/workloads/workload-copy.ts';

const BLUE_ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/blue/1';
const GREEN_ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/green/1';

const TARGETS: CopyTargets = {
  targetGroups: { [BLUE_ARN]: GREEN_ARN },
  securityGroups: { [GREEN_ARN]: ['sg-front', 'sg-office'] },
  labels: { 'cutover/migration-id': '0123456789ab' },
  held: ['shop/queue-worker'],
};

function object(kind: string, rest: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'it', namespace: 'shop' }, ...rest };
}

function copy(of: KubernetesObject): KubernetesObject | null {
  return copyForGreen(of, TARGETS);
}

/** The copied spec; an empty one when it stayed behind. */
function specOf(of: KubernetesObject): unknown {
  return copy(of)?.['spec'];
}

describe('the kinds that are copied', () => {
  it('come in an order in which nothing waits for what comes later', () => {
    const order = COPIED_KINDS.map(({ kind }) => kind);
    const precedes = (earlier: string, later: string): void =>
      expect([earlier, later, order.indexOf(earlier) < order.indexOf(later)]).toEqual([
        earlier,
        later,
        true,
      ]);

    for (const configuration of ['ServiceAccount', 'ConfigMap', 'Secret', 'NetworkPolicy'])
      precedes(configuration, 'Deployment');
    precedes('Role', 'RoleBinding');
    precedes('Service', 'TargetGroupBinding');
    precedes('Deployment', 'HorizontalPodAutoscaler');
  });

  it.each(['Ingress', 'Pod', 'ReplicaSet', 'Job', 'Endpoints', 'EndpointSlice', 'Event', 'Lease'])(
    'hold no %s: a controller makes it, or it belongs to one cluster',
    (kind) => {
      expect(COPIED_KINDS.map((copied) => copied.kind)).not.toContain(kind);
    },
  );
});

describe('what stays behind', () => {
  it.each<[string, KubernetesObject]>([
    [
      'what a controller made',
      object('ConfigMap', {
        metadata: { name: 'it', ownerReferences: [{ kind: 'Operator', name: 'op' }] },
      }),
    ],
    [
      'the root certificate that each cluster publishes',
      object('ConfigMap', { metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }),
    ],
    [
      'a service account’s token',
      object('Secret', { type: 'kubernetes.io/service-account-token' }),
    ],
    ['a Helm release’s record', object('Secret', { type: 'helm.sh/release.v1' })],
    [
      'a Service that would get its own load balancer',
      object('Service', { spec: { type: 'LoadBalancer' } }),
    ],
    [
      'the API server’s own Service',
      object('Service', { metadata: { name: 'kubernetes', namespace: 'default' } }),
    ],
    [
      'a binding of a target group that is no route of the plan',
      object('TargetGroupBinding', { spec: { targetGroupARN: 'arn:other' } }),
    ],
    [
      'a binding by name alone',
      object('TargetGroupBinding', { spec: { targetGroupName: 'blue' } }),
    ],
    ['a binding of nothing', object('TargetGroupBinding')],
    [
      'a binding of what every JavaScript object has',
      object('TargetGroupBinding', { spec: { targetGroupARN: 'constructor' } }),
    ],
  ])('%s', (_, of) => {
    expect(copy(of)).toBeNull();
  });

  it.each<[string, KubernetesObject]>([
    ['a ConfigMap of the application', object('ConfigMap', { data: { key: 'value' } })],
    ['an opaque Secret', object('Secret', { type: 'Opaque', data: { key: 'dmFsdWU=' } })],
    ['a registry’s password', object('Secret', { type: 'kubernetes.io/dockerconfigjson' })],
    ['a ClusterIP Service', object('Service', { spec: { type: 'ClusterIP' } })],
    ['a NodePort Service', object('Service', { spec: { type: 'NodePort' } })],
    [
      'a Service named kubernetes elsewhere',
      object('Service', { metadata: { name: 'kubernetes', namespace: 'shop' } }),
    ],
    [
      'something with an empty list of owners',
      object('ConfigMap', { metadata: { name: 'it', ownerReferences: [] } }),
    ],
  ])('is not %s', (_, of) => {
    expect(copy(of)).not.toBeNull();
  });
});

describe('a copy', () => {
  it('keeps names, labels, annotations and content, and leaves blue’s bookkeeping behind', () => {
    const blue = object('ConfigMap', {
      metadata: {
        name: 'settings',
        namespace: 'shop',
        uid: 'u-1',
        resourceVersion: '42',
        generation: 7,
        creationTimestamp: '2026-01-01T00:00:00Z',
        managedFields: [{ manager: 'kubectl' }],
        finalizers: ['elbv2.k8s.aws/resources'],
        labels: { app: 'shop' },
        annotations: {
          'team/owner': 'web',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'deployment.kubernetes.io/revision': '3',
          'cutover/replicas-before': '3',
        },
      },
      data: { key: 'value' },
      status: { phase: 'Active' },
    });

    expect(copy(blue)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'settings',
        namespace: 'shop',
        labels: { app: 'shop', 'cutover/migration-id': '0123456789ab' },
        annotations: { 'team/owner': 'web' },
      },
      data: { key: 'value' },
    });
  });

  it('has no empty annotations, and none of the namespace that blue’s object has not', () => {
    const copied = copy({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });

    expect(copied?.metadata).toEqual({ name: 'shop', labels: TARGETS.labels });
  });

  it('says whose it is also where blue’s object said something else', () => {
    const labels = { 'cutover/migration-id': 'an-earlier-one' };

    expect(
      copy(object('ConfigMap', { metadata: { name: 'it', labels } }))?.metadata.labels,
    ).toEqual(TARGETS.labels);
  });

  it('does not touch blue’s object', () => {
    const blue = object('Service', {
      spec: { clusterIP: '10.0.0.1', ports: [{ nodePort: 30_001 }] },
    });
    const before = structuredClone(blue);

    copy(blue);

    expect(blue).toEqual(before);
  });
});

describe('a copied Service', () => {
  it('gets addresses and node ports of green’s own', () => {
    const spec = {
      type: 'NodePort',
      selector: { app: 'web' },
      clusterIP: '10.100.0.7',
      clusterIPs: ['10.100.0.7'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      healthCheckNodePort: 31_000,
      externalTrafficPolicy: 'Local',
      ports: [
        { name: 'http', port: 80, targetPort: 8080, nodePort: 30_080, protocol: 'TCP' },
        { name: 'admin', port: 81 },
      ],
    };

    expect(specOf(object('Service', { spec }))).toEqual({
      type: 'NodePort',
      selector: { app: 'web' },
      externalTrafficPolicy: 'Local',
      ports: [
        { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
        { name: 'admin', port: 81 },
      ],
    });
  });

  it('stays headless: its pods are found by their own addresses', () => {
    const spec = { clusterIP: 'None', clusterIPs: ['None'], selector: { app: 'db' } };

    expect(specOf(object('Service', { spec }))).toEqual({
      clusterIP: 'None',
      selector: { app: 'db' },
    });
  });

  it('grows no ports where it has none', () => {
    const spec = { type: 'ExternalName', externalName: 'db.example.com' };

    expect(specOf(object('Service', { spec }))).toEqual(spec);
  });
});

describe('a copied ServiceAccount', () => {
  it('leaves the names of blue’s tokens behind and keeps its role and registry passwords', () => {
    const account = object('ServiceAccount', {
      metadata: { name: 'web', annotations: { 'eks.amazonaws.com/role-arn': 'arn:role' } },
      secrets: [{ name: 'web-token-abcde' }],
      imagePullSecrets: [{ name: 'registry' }],
    });

    expect(copy(account)).toMatchObject({
      metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:role' } },
      imagePullSecrets: [{ name: 'registry' }],
    });
    expect(copy(account)).not.toHaveProperty('secrets');
  });

  it('is also the namespace’s default one: registry passwords often hang there', () => {
    const account = object('ServiceAccount', {
      metadata: { name: 'default', namespace: 'shop' },
      imagePullSecrets: [{ name: 'registry' }],
    });

    expect(copy(account)).toHaveProperty('imagePullSecrets', [{ name: 'registry' }]);
  });
});

describe('a singleton (I7)', () => {
  it.each([true, false, undefined])(
    'CronJob arrives suspended, whether blue’s is %s',
    (suspend) => {
      const spec = { schedule: '* * * * *', ...(suspend === undefined ? {} : { suspend }) };

      expect(specOf(object('CronJob', { spec }))).toEqual({ schedule: '* * * * *', suspend: true });
    },
  );

  it('carries no note of what it was: a stale one would wake it up in the next migration', () => {
    const annotations = { 'cutover/suspended-before': 'false', 'team/owner': 'web' };
    const blue = object('CronJob', {
      metadata: { name: 'it', annotations },
      spec: { suspend: true },
    });

    expect(copy(blue)?.metadata.annotations).toEqual({ 'team/owner': 'web' });
  });

  it('Deployment of the plan arrives without replicas; every other one with blue’s', () => {
    const deployment = (name: string, namespace = 'shop'): KubernetesObject =>
      object('Deployment', {
        metadata: { name, namespace },
        spec: { replicas: 3, template: { spec: {} } },
      });

    expect(specOf(deployment('queue-worker'))).toEqual({ replicas: 0, template: { spec: {} } });
    expect(specOf(deployment('queue-worker', 'office'))).toHaveProperty('replicas', 3);
    expect(specOf(deployment('web'))).toHaveProperty('replicas', 3);
  });
});

describe('a copied TargetGroupBinding (I13)', () => {
  const spec = {
    targetGroupARN: BLUE_ARN,
    targetGroupName: 'blue',
    targetType: 'ip',
    serviceRef: { name: 'web', port: 80 },
    networking: { ingress: [{ from: [{ securityGroup: { groupID: 'sg-of-blue' } }] }] },
  };
  const binding = object('TargetGroupBinding', { spec, status: { observedGeneration: 1 } });

  it('binds green’s target group, and admits the load balancer that the plan’s rule is of', () => {
    expect(specOf(binding)).toEqual({
      targetGroupARN: GREEN_ARN,
      targetType: 'ip',
      serviceRef: { name: 'web', port: 80 },
      networking: {
        ingress: [
          {
            from: [
              { securityGroup: { groupID: 'sg-front' } },
              { securityGroup: { groupID: 'sg-office' } },
            ],
            ports: [{ protocol: 'TCP' }],
          },
        ],
      },
    });
  });

  it('does not say that a controller made it of an Ingress: green’s would delete it as a leftover', () => {
    const labels = {
      'ingress.k8s.aws/stack-name': 'web',
      'ingress.k8s.aws/stack-namespace': 'shop',
      'service.k8s.aws/stack-name': 'web',
      team: 'shop',
    };
    const made = { ...binding, metadata: { ...binding.metadata, labels } };

    const copied = copyForGreen(made, TARGETS);

    expect(copied?.metadata.labels).toEqual({ team: 'shop', ...TARGETS.labels });
  });

  it('leaves networking to the cluster where the load balancer has no security groups', () => {
    const copied = copyForGreen(binding, { ...TARGETS, securityGroups: {} });

    expect(copied?.['spec']).not.toHaveProperty('networking');
  });

  it('stays behind where the plan calls a target group green that is blue’s elsewhere', () => {
    const targetGroups = { [BLUE_ARN]: GREEN_ARN, [GREEN_ARN]: 'arn:third' };

    expect(copyForGreen(binding, { ...TARGETS, targetGroups })).toBeNull();
  });

  it('never names a target group of blue, whatever the binding and the plan say', () => {
    const arn = fc.constantFrom('tg-1', 'tg-2', 'tg-3', 'tg-4');
    const anyBinding = fc.record(
      {
        targetGroupARN: fc.oneof(arn, fc.constant('toString'), fc.jsonValue()),
        targetGroupName: arn,
        serviceRef: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyBinding, fc.dictionary(arn, arn), (anySpec, targetGroups) => {
        const copied = copyForGreen(object('TargetGroupBinding', { spec: anySpec }), {
          ...TARGETS,
          targetGroups,
        });
        const bound: unknown = Reflect.get(Object(copied?.['spec']), 'targetGroupARN');

        expect(Object.keys(targetGroups)).not.toContain(bound);
        expect(
          copied === null || Object.values(targetGroups).some((green) => green === bound),
        ).toBe(true);
        expect(copied?.['spec'] ?? {}).not.toHaveProperty('targetGroupName');
      }),
    );
  });
});

describe('copying', () => {
  it('a copy changes nothing, bindings aside, which a copy of a copy would not be', () => {
    fc.assert(
      fc.property(anyObject, (of) => {
        const once = copy(of);

        expect(once === null ? null : copy(once)).toEqual(once);
      }),
    );
  });

  it('never throws, whatever an object holds, and never hands over status or owners', () => {
    fc.assert(
      fc.property(anyObject, (of) => {
        const copied = copy(of) ?? object('Nothing');

        expect(Object.keys(copied)).not.toContain('status');
        expect(Object.keys(copied.metadata)).not.toContain('ownerReferences');
      }),
    );
  });
});

const anyObject: fc.Arbitrary<KubernetesObject> = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constantFrom(
    'Service',
    'CronJob',
    'Deployment',
    'Secret',
    'ServiceAccount',
    'ConfigMap',
  ),
  metadata: fc.record(
    {
      name: fc.constantFrom('it', 'queue-worker', 'default'),
      namespace: fc.constantFrom('shop', 'office'),
      labels: fc.dictionary(fc.string(), fc.string()),
      annotations: fc.dictionary(
        fc.constantFrom('cutover/suspended-before', 'cutover/x', 'team/owner'),
        fc.string(),
      ),
      ownerReferences: fc.array(fc.jsonValue(), { maxLength: 1 }),
      uid: fc.string(),
    },
    { requiredKeys: ['name'] },
  ),
  spec: fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        clusterIP: fc.constantFrom('None', '', '10.0.0.1'),
        ports: fc.oneof(
          fc.array(fc.record({ port: fc.nat(), nodePort: fc.nat() })),
          fc.jsonValue(),
        ),
        suspend: fc.boolean(),
        replicas: fc.nat(),
        type: fc.constantFrom('ClusterIP', 'LoadBalancer'),
      },
      { requiredKeys: [] },
    ),
  ),
  status: fc.jsonValue(),
});

/** What stands against blue's objects, read by the product's own adapter from a Kubernetes API over the wire. */
import { helmReleases } from '#activities/adapters/manifests/helm-releases.ts';
import { judgeObjects } from '#activities/preflight/judge-objects.ts';
import type { Tools } from '#activities/tools.ts';
import { PRODUCTION_TIMINGS } from '#activities/timings.ts';
import { OBJECT_FINDING_CODES, type ObjectFinding } from '#domain/api-removals/object-finding.ts';
import {
  lightKubernetesUnderTest,
  SET_UP_TIMEOUT_MS,
} from '#test/contract/kubernetes-under-test.ts';
import { createStage, resolvedInput } from '#test/activities/run-activity.ts';
import { createFakeWorld } from '#test/fakes/fake-world.ts';
import { helmSecret } from '#test/support/helm-secret.ts';

type UnderTest = Awaited<ReturnType<typeof lightKubernetesUnderTest>>;

let under: UnderTest;
beforeAll(async () => {
  under = await lightKubernetesUnderTest();
  for (const name of ['shop', 'tools'])
    under.light.cluster('contract').apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
}, SET_UP_TIMEOUT_MS);
afterAll(() => under.stop());

async function found(): Promise<readonly ObjectFinding[]> {
  const { signal } = new AbortController();
  const { kubernetes, cluster, identity } = under;
  const connection = await kubernetes.connect(cluster, identity, signal);
  const stage = createStage();
  const { spec, resolved } = await resolvedInput(stage);
  const tools: Tools = {
    ports: { ...createFakeWorld().ports, helm: helmReleases },
    timings: PRODUCTION_TIMINGS,
  };
  return judgeObjects(tools, connection, { spec, resolved }, signal);
}

const POD = { containers: [{ name: 'web', image: 'web', readinessProbe: { periodSeconds: 5 } }] };

function named(apiVersion: string, kind: string, name: string, rest: object = {}): object {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...rest };
}

function workload(kind: string, name: string, pod: object = POD, replicas = 2): object {
  const labels = { app: name };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };
  return named('apps/v1', kind, name, {
    spec: kind === 'DaemonSet' ? spec : { replicas, ...spec },
  });
}

function definition(
  group: string,
  kind: string,
  plural: string,
  scope: 'Cluster' | 'Namespaced',
  rest: object = {},
): object {
  const versions = [
    { name: 'v1', served: true, storage: true },
    { name: 'v1alpha1', served: false, storage: false },
  ];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, names: { kind, plural }, scope, versions, ...rest },
  };
}

/** As a real API server says it after the version that is stored was changed. */
function storedAsBefore(name: string): void {
  const { objects } = under.light.cluster('contract');
  const kind = objects.kinds.ofKind('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
  const status = { storedVersions: ['v1alpha1', 'v1'] };
  objects.mergeStatus({ kind, namespace: null, name }, { status });
}

/** One of each that can be in a cluster of a version that is still supported. */
const HAZARDS: readonly object[] = [
  workload('Deployment', 'cloner', { ...POD, volumes: [{ name: 'code', gitRepo: {} }] }),
  workload('Deployment', 'unprobed', { containers: [{ name: 'web', image: 'web' }] }),
  workload('Deployment', 'alone', POD, 1),
  workload('StatefulSet', 'database'),
  workload('DaemonSet', 'agent'),
  named('policy/v1', 'PodDisruptionBudget', 'never', { spec: { maxUnavailable: 0 } }),
  named('coordination.k8s.io/v1', 'Lease', 'leader', { spec: { holderIdentity: 'x-1' } }),
  named('v1', 'Service', 'outside', {
    spec: { externalIPs: ['192.0.2.1'], ports: [{ port: 80 }] },
  }),
  named('v1', 'Endpoints', 'by-hand'),
  { ...helmSecret({ manifest: 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n' }) },
  named('v1', 'Secret', 'torn', { type: 'helm.sh/release.v1', data: { release: 'bm90aGluZw==' } }),
  named('autoscaling/v2', 'HorizontalPodAutoscaler', 'old', {
    metadata: {
      name: 'old',
      namespace: 'shop',
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration':
          '{"apiVersion":"autoscaling/v2beta2","kind":"HorizontalPodAutoscaler"}',
      },
    },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
  }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'policy' },
    webhooks: [
      {
        name: 'check.example.com',
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'policy', name: 'policy' } },
      },
    ],
  },
];

/** Kinds that the cluster is taught first. */
const DEFINITIONS: readonly object[] = [
  definition('karpenter.sh', 'NodePool', 'nodepools', 'Cluster'),
  definition('karpenter.k8s.aws', 'EC2NodeClass', 'ec2nodeclasses', 'Cluster'),
  definition('example.com', 'Thing', 'things', 'Namespaced', {
    conversion: {
      strategy: 'Webhook',
      webhook: { clientConfig: { service: { namespace: 'tools', name: 'converter' } } },
    },
  }),
];

/** Objects of them, and what works with blue's name. */
const MORE_HAZARDS: readonly object[] = [
  named('example.com/v1', 'Thing', 'one'),
  {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'default' },
    spec: {},
  },
  {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: 'default' },
    spec: { subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'shop-blue' } }] },
  },
  named('v1', 'PersistentVolumeClaim', 'data', { spec: { volumeName: 'pv-1' } }),
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv-1' },
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a'] },
              ],
            },
          ],
        },
      },
    },
  },
  workload('Deployment', 'autoscaler', {
    containers: [
      { name: 'a', image: 'a', readinessProbe: {}, args: ['--cluster-name', 'shop-blue'] },
    ],
  }),
  workload('Deployment', 'dns', {
    containers: [{ name: 'a', image: 'registry.k8s.io/external-dns/external-dns:v0.15.0' }],
  }),
];

/** Not on the way from 1.34 to 1.36, by the plan only, or of IAM; other tests have them. */
const NOT_HERE = [
  'api-removed',
  'api-deprecated',
  'cron-job-sleeps',
  'role-trusts-blue',
  'role-not-extendable',
  'role-refuses-blue',
  'trust-policy-long',
  'trust-names-blue',
];

describe("blue's objects", () => {
  it('stand against nothing in a clean cluster, and each hazard is found once it is there', async () => {
    expect(await found()).toEqual([]);

    for (const taught of DEFINITIONS) under.light.cluster('contract').apply(taught);
    expect(await found()).toEqual([]);

    storedAsBefore('things.example.com');
    for (const hazard of [...HAZARDS, ...MORE_HAZARDS])
      under.light.cluster('contract').apply(hazard);

    const codes = new Set((await found()).map(({ code }) => code));
    expect([...codes].toSorted()).toEqual(
      OBJECT_FINDING_CODES.filter((code) => !NOT_HERE.includes(code)).toSorted(),
    );
  });
});

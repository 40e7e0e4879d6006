import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { HazardFacts } from '#domain/workload-hazards/hazard.ts';
import { answeringServices, webhookHazards } from '#domain/workload-hazards/webhooks.ts';
import { workloadHazards } from '#domain/workload-hazards/workload-hazards.ts';

type Fields = Readonly<Record<string, unknown>>;

function object(kind: string, name: string, rest: Fields = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, ...rest };
}

function deployment(
  name: string,
  {
    replicas = 3,
    container = { readinessProbe: {} },
    volumes = [],
  }: {
    readonly replicas?: number;
    readonly container?: Fields;
    readonly volumes?: readonly Fields[];
  } = {},
): KubernetesObject {
  return object('Deployment', name, {
    spec: {
      replicas,
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, ...container }], volumes },
      },
    },
  });
}

function budget(spec: Fields): KubernetesObject {
  return object('PodDisruptionBudget', 'web', {
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  });
}

function codesOf(
  objects: readonly KubernetesObject[],
  plan: Partial<HazardFacts> = {},
): readonly string[] {
  const facts = { singletons: [], cronJobs: 'all', plannedIngresses: [], ...plan } as const;
  return workloadHazards({ ...facts, objects }).map(
    ({ severity, code, resource }) => `${severity} ${code} ${resource.name}`,
  );
}

describe('a well-kept workload', () => {
  it('is no hazard', () => {
    const objects = [
      deployment('web'),
      budget({ minAvailable: 2 }),
      object('CronJob', 'report', { spec: { suspend: false } }),
      object('Service', 'web'),
    ];

    expect(codesOf(objects)).toEqual([]);
  });

  it('that is scaled to nothing is none either, whatever it lacks', () => {
    expect(codesOf([deployment('web', { replicas: 0, container: {} })])).toEqual([]);
  });
});

describe('a hazard', () => {
  it.each([
    [
      'data in a StatefulSet',
      [object('StatefulSet', 'database', { spec: { replicas: 1 } })],
      ['block stateful-workload database'],
    ],
    [
      'data in a claim that a Deployment mounts',
      [deployment('web', { volumes: [{ persistentVolumeClaim: { claimName: 'uploads' } }] })],
      ['block stateful-workload web'],
    ],
    ['a DaemonSet', [object('DaemonSet', 'agent')], ['warn not-copied agent']],
    ['an Ingress that nobody planned', [object('Ingress', 'web')], ['warn not-copied web']],
    [
      'pods that are ready at once',
      [deployment('web', { container: {} })],
      ['warn probe-missing web'],
    ],
    ['one pod', [deployment('web', { replicas: 1 })], ['info single-replica web']],
    ['a budget of nothing', [budget({ maxUnavailable: 0 })], ['warn pdb-blocks web']],
    ['a budget of no percent', [budget({ maxUnavailable: '0%' })], ['warn pdb-blocks web']],
    ['a budget of everybody', [budget({ minAvailable: '100%' })], ['warn pdb-blocks web']],
    [
      'a budget of as many as there are',
      [deployment('web'), budget({ minAvailable: 3 })],
      ['warn pdb-blocks web'],
    ],
    [
      'a leader that is no singleton',
      [object('Lease', 'leader', { spec: { holderIdentity: 'worker-7d9f-x1_abc' } })],
      ['warn leader-unlisted leader'],
    ],
  ])('is %s', (_, objects, codes) => {
    expect(codesOf(objects)).toEqual(codes);
  });

  it('is no more one where the plan knows of it', () => {
    const lease = object('Lease', 'leader', { spec: { holderIdentity: 'worker-7d9f-x1_abc' } });
    const plan = {
      singletons: ['shop/worker', 'shop/once'],
      plannedIngresses: ['shop/web'],
    };

    expect(
      codesOf([lease, object('Ingress', 'web'), deployment('once', { replicas: 1 })], plan),
    ).toEqual([]);
  });

  it('is a CronJob that arrives asleep where nobody wakes it', () => {
    const cronJobs = [
      object('CronJob', 'report', { spec: {} }),
      object('CronJob', 'asleep', { spec: { suspend: true } }),
    ];

    expect(codesOf(cronJobs, { cronJobs: 'none' })).toEqual(['warn cron-job-sleeps report']);
  });
});

describe('a webhook', () => {
  const configuration = (failurePolicy: string): KubernetesObject =>
    object('ValidatingWebhookConfiguration', 'policy', {
      webhooks: [
        {
          name: 'check.example.com',
          failurePolicy,
          clientConfig: { service: { namespace: 'policy', name: 'policy' } },
        },
      ],
    });
  const slice = (ready?: boolean): KubernetesObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'policy-x',
      namespace: 'policy',
      labels: { 'kubernetes.io/service-name': 'policy' },
    },
    endpoints: [{ conditions: ready === undefined ? {} : { ready } }],
  });
  const deaf = (failurePolicy: string, slices: readonly KubernetesObject[]): number =>
    webhookHazards(
      {
        objects: [configuration(failurePolicy)],
        singletons: [],
        cronJobs: 'all',
        plannedIngresses: [],
      },
      answeringServices(slices),
    ).length;

  it.each([
    ['that fails closed with nobody behind it is deaf', 'Fail', [], 1],
    ['whose pods are not ready is deaf', 'Fail', [slice(false)], 1],
    ['whose pods are ready is not', 'Fail', [slice(true)], 0],
    ['whose pods do not say otherwise is not', 'Fail', [slice()], 0],
    ['that fails open does no harm', 'Ignore', [], 0],
  ])('%s', (_, policy, slices, count) => {
    expect(deaf(policy, slices)).toBe(count);
  });
});

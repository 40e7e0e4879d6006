import { verdictOn } from '#domain/api-removals/api-removals.ts';
import { judgeObject, objectsIn } from '#domain/api-removals/judge-object.ts';
import { NEWEST_KNOWN, REMOVED_APIS } from '#domain/api-removals/removed-apis.ts';

describe('the verdict on an API version', () => {
  it.each([
    [
      'policy/v1beta1',
      'PodDisruptionBudget',
      '1.24',
      '1.36',
      'removed',
      'policy/v1 PodDisruptionBudget',
    ],
    // The first of three removals in a row: what replaced it is gone as well.
    [
      'flowcontrol.apiserver.k8s.io/v1beta1',
      'FlowSchema',
      '1.25',
      '1.36',
      'removed',
      'flowcontrol.apiserver.k8s.io/v1 FlowSchema',
    ],
    // On the way to 1.31 its successor is still served.
    [
      'flowcontrol.apiserver.k8s.io/v1beta2',
      'FlowSchema',
      '1.28',
      '1.31',
      'removed',
      'flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema',
    ],
    ['policy/v1beta1', 'PodSecurityPolicy', null, '1.25', 'removed', null],
    ['batch/v1beta1', 'CronJob', '1.33', '1.36', 'removed-before', 'batch/v1 CronJob'],
    [
      'storage.k8s.io/v1beta1',
      'VolumeAttributesClass',
      '1.33',
      '1.36',
      'deprecated',
      'storage.k8s.io/v1 VolumeAttributesClass',
    ],
  ] as const)('%s %s from %s to %s is %s', (apiVersion, kind, from, to, verdict, successor) => {
    expect(verdictOn({ apiVersion, kind }, { from, to })).toMatchObject({
      kind: verdict,
      successor,
    });
  });

  it.each([
    ['apps/v1', 'Deployment'],
    ['example.com/v1beta1', 'CronJob'],
    ['policy/v1beta1', 'Unknown'],
  ])('%s %s is served', (apiVersion, kind) => {
    expect(verdictOn({ apiVersion, kind }, { from: null, to: '1.36' })).toEqual({ kind: 'served' });
  });

  it('counts the whole way, ends included on the right and not on the left', () => {
    const cronJob = { apiVersion: 'batch/v1beta1', kind: 'CronJob' };

    expect(verdictOn(cronJob, { from: '1.24', to: '1.25' }).kind).toBe('removed');
    expect(verdictOn(cronJob, { from: '1.25', to: '1.26' }).kind).toBe('removed-before');
    expect(verdictOn(cronJob, { from: '1.23', to: '1.24' }).kind).toBe('deprecated');
  });
});

describe('the data', () => {
  it('has each kind once, and knows what newer modules forgot', () => {
    const names = REMOVED_APIS.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);

    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        'autoscaling/v2beta2 HorizontalPodAutoscaler',
        'policy/v1beta1 PodSecurityPolicy',
        'apiextensions.k8s.io/v1beta1 CustomResourceDefinition',
        'apiregistration.k8s.io/v1beta1 APIService',
      ]),
    );
    expect(NEWEST_KNOWN).toMatch(/^1\.\d+$/u);
  });
});

const SPAN = { from: '1.24', to: '1.36' } as const;

function codesOf(object: unknown): readonly string[] {
  return judgeObject(object, SPAN).map(({ code, severity }) => `${severity} ${code}`);
}

describe('an object', () => {
  it('is judged by what it was written as, not by how the API server gives it', () => {
    const live = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: {
        name: 'web',
        namespace: 'shop',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration':
            '{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget"}',
        },
      },
    };

    expect(judgeObject(live, SPAN)).toMatchObject([
      {
        code: 'api-removed',
        severity: 'block',
        resource: { apiVersion: 'policy/v1beta1', namespace: 'shop', name: 'web' },
        evidence: 'last applied by kubectl as policy/v1beta1',
      },
    ]);
  });

  it('is judged by its field managers, whose past before blue is forgiven', () => {
    const live = (apiVersion: string): unknown => ({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', managedFields: [{ manager: 'deployer', apiVersion }] },
    });

    expect(codesOf(live('autoscaling/v2beta2'))).toEqual(['warn api-removed']);
    expect(judgeObject(live('autoscaling/v2beta2'), { from: '1.33', to: '1.36' })).toEqual([]);
  });

  it.each([
    [
      'a gitRepo volume in a CronJob',
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        spec: {
          jobTemplate: {
            spec: {
              template: { spec: { volumes: [{ name: 'code', gitRepo: { repository: 'x' } }] } },
            },
          },
        },
      },
      ['block git-repo-volume'],
    ],
    [
      'external addresses of a Service',
      { apiVersion: 'v1', kind: 'Service', spec: { externalIPs: ['192.0.2.1'] } },
      ['info service-external-ips'],
    ],
    ['Endpoints', { apiVersion: 'v1', kind: 'Endpoints' }, ['info endpoints-written']],
    [
      'ingress-nginx',
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        spec: { controller: 'k8s.io/ingress-nginx' },
      },
      ['warn ingress-nginx'],
    ],
    [
      'an alpha kind, which EKS never served',
      { apiVersion: 'storage.k8s.io/v1alpha1', kind: 'VolumeAttributesClass' },
      ['warn api-removed'],
    ],
  ])('shows %s', (_, object, codes) => {
    expect(codesOf(object)).toEqual(codes);
  });

  it('is deprecated still where blue is past the deprecation, and breaks where blue was not broken alone', () => {
    const from136 = { from: '1.36', to: '1.36' };
    const cloner = { volumes: [{ name: 'code', gitRepo: {} }] };

    expect(judgeObject({ apiVersion: 'v1', kind: 'Endpoints' }, from136)).toMatchObject([
      { code: 'endpoints-written', severity: 'info' },
    ]);
    expect(judgeObject({ apiVersion: 'v1', kind: 'Pod', spec: cloner }, from136)).toEqual([]);
  });

  it.each([
    null,
    'text',
    [],
    {},
    { kind: 'CronJob' },
    { apiVersion: 7, kind: 'CronJob' },
    { apiVersion: 'v1', kind: 'Pod', metadata: 'none', spec: { volumes: 'none' } },
  ])('that is none, or nothing unusual, stands against nothing: %j', (object) => {
    expect(judgeObject(object, SPAN)).toEqual([]);
  });
});

describe('a list', () => {
  it('is its items, of lists in lists too, and typed items know their kind', () => {
    const items = objectsIn({
      kind: 'List',
      items: [
        { kind: 'CronJobList', apiVersion: 'batch/v1beta1', items: [{ metadata: { name: 'a' } }] },
        { kind: 'Pod' },
      ],
    });

    expect(items).toEqual([
      { kind: 'CronJob', apiVersion: 'batch/v1beta1', metadata: { name: 'a' } },
      { kind: 'Pod' },
    ]);
  });
});

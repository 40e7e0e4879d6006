import type { KroDefinition } from '#domain/kro/definition.ts';
import { madeFor, progressOf, type HubObjects } from '#domain/kro/progress.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

const DEFINITION: KroDefinition = {
  name: 'cutover-eks-green',
  apiVersion: 'kro.run/v1alpha1',
  kind: 'EksGreen',
  isNamespaced: true,
  isActive: true,
  message: '',
  fields: ['name', 'version', 'tags'],
};

type Conditions = readonly (readonly [
  type: string,
  status: string,
  message: string,
  since?: string,
])[];

function object(
  kind: string,
  status: Readonly<Record<string, unknown>> | null,
  conditions: Conditions = [],
  metadata: Readonly<Record<string, unknown>> = {},
): KubernetesObject {
  const told = conditions.map(([type, state, message, lastTransitionTime]) => ({
    type,
    status: state,
    message,
    lastTransitionTime,
  }));
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name: 'green', namespace: 'default', ...metadata },
    ...(status === null ? {} : { status: { ...status, conditions: told } }),
  };
}

const synced = (kind: string): KubernetesObject =>
  object(kind, { status: 'ACTIVE' }, [['ACK.ResourceSynced', 'True', '']]);
const asked = { managedFields: [{ manager: 'cutover', time: '2026-11-26T10:00:05Z' }] };
const instance = (state: string, ready = 'awaiting resource readiness'): KubernetesObject =>
  object('EksGreen', { state }, [['Ready', state === 'ACTIVE' ? 'True' : 'False', ready]], asked);

const WHOLE: HubObjects = {
  instance: instance('ACTIVE'),
  definition: DEFINITION,
  clusters: [synced('Cluster')],
  nodegroups: [synced('Nodegroup')],
};

function end(change: Partial<HubObjects>, until: 'control-plane' | 'nodes' = 'nodes'): string {
  const progress = progressOf({ ...WHOLE, ...change }, until);
  if (progress.kind === 'ready') return 'ready';
  const part = progress.kind === 'failed' ? ` ${progress.part}` : '';
  return `${progress.kind}${part}: ${progress.what} (${progress.resource})`;
}

describe('green on a hub', () => {
  it.each<readonly [string, Partial<HubObjects>, string]>([
    ['everything is there', {}, 'ready'],
    [
      'kro has not looked at the instance',
      { instance: object('EksGreen', null, [], asked), clusters: [], nodegroups: [] },
      'waiting: kro has not taken it up yet (EksGreen default/green on the hub)',
    ],
    [
      'ACK has not looked at the cluster',
      { instance: instance('IN_PROGRESS'), clusters: [object('Cluster', null)], nodegroups: [] },
      'waiting: ACK has not taken it up yet (Cluster default/green on the hub)',
    ],
    [
      'EKS makes it',
      {
        instance: instance('IN_PROGRESS'),
        clusters: [
          object('Cluster', { status: 'CREATING' }, [
            ['ACK.ResourceSynced', 'False', 'resource is CREATING'],
          ]),
        ],
      },
      'waiting: ACK: resource is CREATING (Cluster default/green on the hub)',
    ],
    [
      'ACK tries again',
      {
        instance: instance('IN_PROGRESS'),
        clusters: [object('Cluster', {}, [['ACK.Recoverable', 'True', 'throttled']])],
      },
      'waiting: ACK tries again: throttled (Cluster default/green on the hub)',
    ],
    [
      'ACK gave the cluster up',
      {
        instance: instance('IN_PROGRESS'),
        clusters: [
          object('Cluster', {}, [['ACK.Terminal', 'True', 'no role', '2026-11-26T10:00:05.300Z']]),
        ],
      },
      'failed cluster: ACK gave it up: no role (Cluster default/green on the hub)',
    ],
    [
      'ACK gave up what was asked for before',
      {
        instance: instance('IN_PROGRESS'),
        clusters: [
          object('Cluster', {}, [['ACK.Terminal', 'True', 'no role', '2026-11-26T10:00:04Z']]),
        ],
      },
      'ailing: ACK gave it up: no role (Cluster default/green on the hub)',
    ],
    [
      'ACK has taken it back',
      {
        clusters: [
          object('Cluster', { status: 'ACTIVE' }, [
            ['ACK.Terminal', 'False', ''],
            ['ACK.ResourceSynced', 'True', ''],
          ]),
        ],
      },
      'ready',
    ],
    [
      'a node group failed, whatever ACK says of it',
      {
        instance: instance('IN_PROGRESS'),
        nodegroups: [
          object('Nodegroup', {
            status: 'CREATE_FAILED',
            health: { issues: [{ code: 'NodeCreationFailure', message: 'not joined' }] },
          }),
        ],
      },
      'failed nodegroup: CREATE_FAILED: NodeCreationFailure: not joined (Nodegroup default/green on the hub)',
    ],
    [
      'kro is in error',
      { instance: instance('ERROR', 'cannot apply') },
      'ailing: kro: cannot apply (EksGreen default/green on the hub)',
    ],
    [
      'kro serves the definition no more',
      { definition: { ...DEFINITION, isActive: false, message: 'no such field' } },
      'ailing: kro does not serve cutover-eks-green: no such field (EksGreen default/green on the hub)',
    ],
    [
      'the definition is gone',
      { definition: null },
      'ailing: its ResourceGraphDefinition is gone (EksGreen default/green on the hub)',
    ],
    [
      'the instance is not ready for a reason of its own',
      { instance: instance('IN_PROGRESS', 'waiting for a ConfigMap') },
      'waiting: kro: waiting for a ConfigMap (EksGreen default/green on the hub)',
    ],
    [
      'the instance is gone',
      { instance: null },
      'failed cluster: the instance is gone from the hub (kro instance)',
    ],
    [
      'somebody deletes the instance',
      {
        instance: object('EksGreen', {}, [], { deletionTimestamp: '2026-11-26T10:00:00Z' }),
      },
      'failed cluster: somebody deletes the instance (EksGreen default/green on the hub)',
    ],
  ])('%s', (_, change, wanted) => {
    expect(end(change)).toBe(wanted);
  });

  it('has its control plane before its nodes, and node groups that fail do not matter to it', () => {
    const failed = object('Nodegroup', {}, [['ACK.Terminal', 'True', 'no subnet']]);
    const hub = { instance: instance('IN_PROGRESS'), nodegroups: [failed] };

    expect(end(hub, 'control-plane')).toBe('ready');
    expect(end(hub, 'nodes')).toMatch(/^failed nodegroup: ACK gave it up: no subnet/u);
  });

  it('tells the issues that EKS reports, for the next move', () => {
    const health = { issues: [{ code: 'Ec2SubnetNotFound', message: 'subnet-1' }] };
    const cluster = object('Cluster', { status: 'FAILED', health });

    const progress = progressOf({ ...WHOLE, clusters: [cluster] }, 'control-plane');

    expect(progress).toMatchObject({ issues: ['Ec2SubnetNotFound: subnet-1'] });
  });

  it('is read through whatever shape objects have', () => {
    for (const status of [{ conditions: 'none' }, { conditions: [1, null] }, { health: 7 }])
      expect(
        progressOf({ ...WHOLE, clusters: [{ ...synced('Cluster'), status }] }, 'nodes').kind,
      ).toBe('waiting');
  });
});

describe('objects made for an instance', () => {
  it('carry its uid', () => {
    const mine = object('Cluster', null, [], { labels: { 'kro.run/instance-id': 'u1' } });
    const other = object('Cluster', null, [], { labels: { 'kro.run/instance-id': 'u2' } });
    const of = object('EksGreen', null, [], { uid: 'u1' });

    expect(madeFor(of, [mine, other, synced('Cluster')])).toEqual([mine]);
    expect(madeFor(null, [mine])).toEqual([]);
    expect(madeFor(object('EksGreen', null), [mine])).toEqual([]);
  });
});

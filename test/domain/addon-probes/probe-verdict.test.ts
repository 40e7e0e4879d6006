import * as fc from 'fast-check';
import type { Probe } from '#domain/addon-probes/probe.ts';
import { verdictsOf } from '#domain/addon-probes/probe-verdict.ts';
import { event, job, lookedAt, nameOf, pod } from './seen.ts';

const NODES: Probe = { kind: 'pod-on-every-node' };
const DNS: Probe = { kind: 'dns-inside' };
const ROUTING: Probe = { kind: 'service-routing' };
const METRICS: Probe = { kind: 'metrics-api' };
const HOOKS: Probe = { kind: 'webhooks' };
const GP3: Probe = { kind: 'volume', storageClass: 'gp3', provisioner: 'ebs.csi.aws.com' };
const VOLUME = 'volume-gp3';

function only(probe: Probe, looked: Parameters<typeof lookedAt>) {
  const [result] = verdictsOf([probe], lookedAt(...looked)) ?? [];
  return result?.verdict;
}

describe('a probe whose Job', () => {
  it('runs is open', () => {
    expect(verdictsOf([DNS], lookedAt([DNS], { jobs: [job(nameOf('dns-inside'))] }))).toBeNull();
  });

  it('is complete has passed, with its own sentence', () => {
    const seen = {
      jobs: [job(nameOf('dns-inside'), 'Complete')],
      pods: [pod(nameOf('dns-inside'), { phase: 'Succeeded', message: 'kubernetes is 10.0.0.1' })],
    };
    expect(only(DNS, [[DNS], seen])).toEqual({
      kind: 'passed',
      evidence: 'kubernetes is 10.0.0.1',
    });
  });

  it('failed is told with what its pod said', () => {
    const seen = {
      jobs: [job(nameOf('dns-inside'), 'Failed')],
      pods: [pod(nameOf('dns-inside'), { phase: 'Failed', message: 'no\nanswer' })],
    };
    expect(only(DNS, [[DNS], seen])).toEqual({ kind: 'failed', evidence: 'no answer' });
  });

  it('ran out of time is told with what the cluster said of its pod', () => {
    const seen = {
      jobs: [job(nameOf('dns-inside'), 'Failed')],
      events: [event(`${nameOf('dns-inside')}-x`, 'ErrImagePull', 'no such image')],
    };
    expect(only(DNS, [[DNS], seen])?.evidence).toBe('ErrImagePull: no such image');
  });

  it('is never seen by its controller fails when everything is over', () => {
    const seen = { jobs: [job(nameOf('dns-inside'))] };
    expect(only(DNS, [[DNS], seen, { isOver: true }])).toMatchObject({ kind: 'failed' });
  });
});

describe('a pod on every node', () => {
  const on = (...nodes: readonly string[]) => ({
    jobs: [job(nameOf('pod-on-every-node'))],
    pods: nodes.map((nodeName) => pod(nameOf('pod-on-every-node'), { phase: 'Running', nodeName })),
  });

  it('is there when as many nodes have one as the Job was made for', () => {
    expect(only(NODES, [[NODES], on('one', 'two')])?.kind).toBe('passed');
    expect(only(NODES, [[NODES], on('one', 'one')])).toBeUndefined();
  });

  it('fails when its time is up, with the nodes counted and the network’s own words', () => {
    const events = [event(`${nameOf('pod-on-every-node')}-y`, 'FailedCreatePodSandBox', 'no cni')];
    const verdict = only(NODES, [[NODES], { ...on('one'), events }, { timeIsUp: true }]);
    expect(verdict).toEqual({
      kind: 'failed',
      evidence: 'pods run on 1 of 2 nodes; FailedCreatePodSandBox: no cni',
    });
  });

  it('takes the blame from those that never ran, and not from those that did', () => {
    const probes = [NODES, DNS, ROUTING];
    const seen = {
      jobs: [
        job(nameOf('pod-on-every-node')),
        job(nameOf('dns-inside'), 'Failed'),
        job(nameOf('service-routing'), 'Failed'),
      ],
      pods: [pod(nameOf('service-routing'), { phase: 'Failed', message: 'no answer' })],
    };
    const kinds = verdictsOf(probes, lookedAt(probes, seen, { timeIsUp: true }))?.map(
      ({ verdict }) => verdict.kind,
    );
    expect(kinds).toEqual(['failed', 'not-run', 'failed']);
  });
});

describe('a volume', () => {
  it('is not read before it is written, and has passed when it was read', () => {
    const written = { jobs: [job(nameOf(VOLUME, 'write'), 'Complete')] };
    expect(only(GP3, [[GP3], written])).toBeUndefined();
    const read = { jobs: [...written.jobs, job(nameOf(VOLUME, 'read'), 'Complete')] };
    expect(only(GP3, [[GP3], read])?.kind).toBe('passed');
  });

  it('that cannot be made is told with its provisioner’s words', () => {
    const seen = {
      jobs: [job(nameOf(VOLUME, 'write'), 'Failed')],
      events: [event(nameOf(VOLUME), 'ProvisioningFailed', 'no such type')],
    };
    expect(only(GP3, [[GP3], seen])?.evidence).toBe(
      'bind and write: ProvisioningFailed: no such type',
    );
  });

  it('that has lost what was written is told as such', () => {
    const seen = {
      jobs: [job(nameOf(VOLUME, 'write'), 'Complete'), job(nameOf(VOLUME, 'read'), 'Failed')],
      pods: [pod(nameOf(VOLUME, 'read'), { phase: 'Failed', message: 'other words' })],
    };
    expect(only(GP3, [[GP3], seen])?.evidence).toBe('read by a second pod: other words');
  });

  it('of a class that the cluster has not fails at once', () => {
    const missing: Probe = { ...GP3, provisioner: null };
    expect(only(missing, [[missing], {}])?.kind).toBe('failed');
  });
});

describe('what has no Job', () => {
  it('the metrics API is waited for, and told with its condition', () => {
    const conditions = [
      { type: 'Available', status: 'False', reason: 'MissingEndpoints', message: 'none' },
    ];
    const metricsApi = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      status: { conditions },
    };
    expect(only(METRICS, [[METRICS], {}, { metricsApi }])).toBeUndefined();
    expect(only(METRICS, [[METRICS], {}, { metricsApi, timeIsUp: true }])?.evidence).toContain(
      'MissingEndpoints: none',
    );
  });

  it('an object that the API server refuses is tried again, then told', () => {
    const refused = new Map([[HOOKS, 'failed calling webhook "policy.example"']]);
    expect(only(HOOKS, [[HOOKS], {}, { refused }])).toBeUndefined();
    expect(only(HOOKS, [[HOOKS], {}, { refused, timeIsUp: true }])).toEqual({
      kind: 'failed',
      evidence: 'failed calling webhook "policy.example"',
    });
  });
});

it('once everything is over, every probe has a verdict, whatever the objects say', () => {
  const all = [NODES, ROUTING, DNS, GP3, METRICS, HOOKS];
  const slugs = ['pod-on-every-node', 'service-routing', 'dns-inside'];
  const names = [
    ...slugs.map((slug) => nameOf(slug)),
    nameOf(VOLUME, 'write'),
    nameOf(VOLUME, 'read'),
  ];
  const ends = fc.array(
    fc.tuple(
      fc.constantFrom(...names),
      fc.constantFrom(undefined, 'Complete' as const, 'Failed' as const),
    ),
  );
  fc.assert(
    fc.property(ends, (drawn) => {
      const seen = { jobs: drawn.map(([name, end]) => job(name, end)) };
      const results = verdictsOf(all, lookedAt(all, seen, { timeIsUp: true, isOver: true }));
      expect(results?.map(({ probe }) => probe)).toEqual([
        'pod-on-every-node',
        'service-routing',
        'dns-inside',
        'volume/gp3',
        'metrics-api',
        'webhooks',
      ]);
      for (const { verdict } of results ?? [])
        if (verdict.kind === 'failed') expect(verdict.evidence).not.toBe('');
    }),
  );
});

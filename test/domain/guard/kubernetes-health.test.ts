import { crashLoopsOf, movingCanaries, nodesOf } from '#domain/guard/kubernetes-health.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

function object(kind: string, name: string, status: unknown): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, status };
}

const waiting = (reason: string, restartCount: unknown) => ({
  restartCount,
  state: { waiting: { reason } },
});

describe('reading green’s health off its objects', () => {
  it('knows a crash loop by what the kubelet says, of init containers too', () => {
    const pods = [
      object('Pod', 'fine', { containerStatuses: [{ restartCount: 9, state: { running: {} } }] }),
      object('Pod', 'pulling', { containerStatuses: [waiting('ImagePullBackOff', 0)] }),
      object('Pod', 'loop', { containerStatuses: [waiting('CrashLoopBackOff', 4)] }),
      object('Pod', 'init', { initContainerStatuses: [waiting('CrashLoopBackOff', 5)] }),
      object('Pod', 'strange', { containerStatuses: [waiting('CrashLoopBackOff', 'many')] }),
      object('Pod', 'none', null),
    ];

    expect(crashLoopsOf(pods)).toEqual([
      { pod: 'shop/loop', restarts: 4 },
      { pod: 'shop/init', restarts: 5 },
      { pod: 'shop/strange', restarts: 0 },
    ]);
  });

  it('dates a node that is not ready by Kubernetes’ own word, one that never said so by its birth', () => {
    const seconds = (time: string): number => Date.parse(time) / 1000;
    const ready = (status: string, lastTransitionTime?: string) => ({
      conditions: [{ type: 'Ready', status, lastTransitionTime }],
    });
    const born: KubernetesObject = {
      ...object('Node', 'born', undefined),
      metadata: { name: 'born', creationTimestamp: '2026-11-22T12:00:00Z' },
    };
    const nodes = [
      object('Node', 'fine', ready('True', '2026-11-22T11:00:00Z')),
      object('Node', 'gone', ready('Unknown', '2026-11-22T12:00:30Z')),
      object('Node', 'undated', ready('False')),
      born,
    ];

    expect(nodesOf(nodes, seconds('2026-11-22T12:01:00Z'), seconds)).toEqual({
      total: 4,
      notReady: [
        { name: 'gone', forSeconds: 30 },
        { name: 'undated', forSeconds: 0 },
        { name: 'born', forSeconds: 60 },
      ],
    });
  });

  it('knows which canaries move', () => {
    const canaries = ['Progressing', 'Succeeded', 'Failed', 'Promoting', undefined].map((phase) =>
      object('Canary', `c-${phase}`, { phase }),
    );

    expect(movingCanaries(canaries)).toEqual([
      'shop/c-Progressing: Progressing',
      'shop/c-Promoting: Promoting',
    ]);
  });
});

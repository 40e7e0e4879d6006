import { availableReplicas, recordedReplicas } from '#domain/capacity/blue-replicas.ts';
import { jsonBytes } from '#domain/migration/bounds.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

function deployment(name: string, replicas: number | undefined, status = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: replicas === undefined ? {} : { replicas },
    status,
  };
}

describe("blue's recorded replicas", () => {
  it('are what each Deployment wants or has, whichever is more; singletons and what does not run are left out', () => {
    const recorded = recordedReplicas(
      [
        deployment('web', 3),
        deployment('catalog', 2, { replicas: 4 }),
        deployment('plain', undefined),
        deployment('asleep', 0),
        deployment('queue-worker', 2),
      ],
      ['shop/queue-worker'],
    );

    expect(recorded).toEqual({ 'shop/web': 3, 'shop/catalog': 4, 'shop/plain': 1 });
  });

  it('fit the state however many there are, the largest first', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      deployment(`${'x'.repeat(60)}-${index}`, index + 1),
    );

    const recorded = recordedReplicas(many, []);

    expect(jsonBytes(recorded)).toBeLessThan(7 * 1024);
    expect(Object.values(recorded)[0]).toBe(500);
  });
});

describe('available replicas', () => {
  it('are what the status says, and none where it says nothing', () => {
    const now = availableReplicas([
      deployment('web', 3, { availableReplicas: 2 }),
      deployment('api', 1),
    ]);

    expect([...now]).toEqual([
      ['shop/web', 2],
      ['shop/api', 0],
    ]);
  });
});

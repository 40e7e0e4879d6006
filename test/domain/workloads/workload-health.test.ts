import { isEstablished, unavailableReason } from '#domain/workloads/workload-health.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

function deployment(replicas: number, status: Readonly<Record<string, unknown>>): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', generation: 2 },
    spec: { replicas },
    status,
  };
}

describe('a Deployment on green', () => {
  it('is available when its controller has seen it and every replica is', () => {
    const status = { observedGeneration: 2, availableReplicas: 3 };
    expect(unavailableReason(deployment(3, status))).toBeNull();
  });

  it('is not while a replica is missing; the reason names it and counts', () => {
    const status = { observedGeneration: 2, availableReplicas: 1 };
    expect(unavailableReason(deployment(3, status))).toEqual({
      resource: 'shop/web',
      what: '1 of 3 replicas are available',
    });
  });

  it('is not while its status is of an older spec', () => {
    const status = { observedGeneration: 1, availableReplicas: 3 };
    expect(unavailableReason(deployment(3, status))).not.toBeNull();
  });

  it('is when it wants no replicas', () => {
    expect(unavailableReason(deployment(0, { observedGeneration: 2 }))).toBeNull();
  });
});

describe('a definition', () => {
  it('is served once it is established', () => {
    const definition = (conditions: unknown): KubernetesObject => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      status: { conditions },
    });
    expect(isEstablished(definition([{ type: 'Established', status: 'True' }]))).toBe(true);
    expect(isEstablished(definition([{ type: 'Established', status: 'False' }]))).toBe(false);
    expect(isEstablished(definition(undefined))).toBe(false);
  });
});

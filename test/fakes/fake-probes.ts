import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** What controllers make of a probe's objects where everything is well: Jobs succeed at once, Services have an address. */
export function probeStatus(object: KubernetesObject, wrongs: ReadonlyMap<string, string>): Fields {
  const probe = object.metadata.labels?.['cutover/probe'];
  if (probe === undefined) return {};
  if (object.kind === 'Service')
    return { spec: { ...fieldsOf(object['spec']), clusterIP: '172.20.0.77' } };
  if (object.kind !== 'Job') return {};
  const wrong = wrongs.get(probe);
  const condition =
    wrong === undefined
      ? { type: 'Complete', status: 'True' }
      : { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: wrong };
  return { status: { conditions: [condition] } };
}

/** A node that takes pods. */
export function fakeNode(name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/os': 'linux' } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

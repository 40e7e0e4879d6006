import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { holdsName } from '#domain/whole-word.ts';
import { listIn, podSpecOf } from './pod-spec.ts';
import type { KubernetesObject } from './workload-copy.ts';

/**
 * What people set on a VPC CNI and a CoreDNS that they installed themselves: the CNI's variables, and the Corefile. EKS gives green its
 * own of both, with EKS's settings, so that pods would get other addresses and ask other names than on blue. Pure: objects in, merge
 * patches out. Sources: amazon-vpc-cni-k8s, README; Amazon EKS User Guide, "Manage CoreDNS for DNS in Amazon EKS clusters".
 */
export interface Carried {
  /** Merge patch of green's object; null: it is as blue's. */
  readonly patch: Fields | null;
  /** Names of what goes over. */
  readonly set: readonly string[];
  /** Names of what does not, because it names blue (I13). */
  readonly left: readonly string[];
}

/** Different in every cluster, or told by what installed the CNI. */
const OWN: ReadonlySet<string> = new Set(['CLUSTER_NAME', 'CLUSTER_ENDPOINT', 'VPC_CNI_VERSION']);

/** Variables of blue's CNI on green's, container by container; what green has besides stays. */
export function carriedCni(blue: KubernetesObject, green: KubernetesObject, name: string): Carried {
  const set: string[] = [];
  const left: string[] = [];
  const merged = (list: 'containers' | 'initContainers'): readonly Fields[] =>
    listIn(podSpecOf(green), list).map((container) => {
      const model = listIn(podSpecOf(blue), list).find((one) => one['name'] === container['name']);
      const env = new Map(listIn(container, 'env').map((one) => [String(one['name']), one]));
      for (const variable of model === undefined ? [] : listIn(model, 'env')) {
        const { name: called, value } = variable;
        if (typeof called !== 'string' || typeof value !== 'string' || OWN.has(called)) continue;
        if (env.get(called)?.['value'] === value) continue;
        if (holdsName(value, name)) left.push(called);
        else {
          env.set(called, { name: called, value });
          set.push(called);
        }
      }
      return { ...container, env: [...env.values()] };
    });
  const [containers, initContainers] = [merged('containers'), merged('initContainers')];
  const { resourceVersion } = fieldsOf(green.metadata);
  const pod = { containers, ...(initContainers.length === 0 ? {} : { initContainers }) };
  // Lists are replaced whole: nobody may have changed them since they were read.
  const patch = { metadata: { resourceVersion }, spec: { template: { spec: pod } } };
  return { patch: set.length === 0 ? null : patch, set, left };
}

/** Blue's Corefile on green. */
export function carriedCorefile(
  blue: KubernetesObject,
  green: KubernetesObject,
  name: string,
): Carried {
  const { Corefile } = fieldsOf(blue['data']);
  if (typeof Corefile !== 'string' || fieldsOf(green['data'])['Corefile'] === Corefile)
    return { patch: null, set: [], left: [] };
  if (holdsName(Corefile, name)) return { patch: null, set: [], left: ['Corefile'] };
  return { patch: { data: { Corefile } }, set: ['Corefile'], left: [] };
}

import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from './workload-copy.ts';

/** The pod that holds a Lease, `namespace/name`; null where nobody does. */
export function holderOf({ metadata, ...lease }: KubernetesObject): string | null {
  const { holderIdentity } = fieldsOf(lease['spec']);
  if (typeof holderIdentity !== 'string' || holderIdentity === '') return null;
  return `${metadata.namespace ?? ''}/${holderIdentity}`;
}

/** Is it a pod of this Deployment, `namespace/name`? A pod's name begins with its Deployment's. */
export function isPodOf(pod: string, deployment: string): boolean {
  return pod.startsWith(`${deployment}-`);
}

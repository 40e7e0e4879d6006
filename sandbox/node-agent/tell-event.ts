/** Events as a kubelet or a provisioner writes them: one object for each thing that is told again and again. */
import type { AdminClient } from '../kubernetes/admin-client.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { events } from './agent-resources.ts';

export async function tellEvent(
  client: AdminClient,
  about: KubernetesObject & { readonly kind: string },
  event: {
    readonly reason: string;
    readonly message: string;
    readonly component: string;
    readonly host?: string;
  },
): Promise<void> {
  const { reason, message, component, host = '' } = event;
  const { name, namespace = 'default', uid } = about.metadata;
  await client.apply(events, {
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: about.kind, name, namespace, uid },
    type: 'Warning',
    reason,
    message,
    source: { component, host },
    lastTimestamp: `${new Date().toISOString().slice(0, 19)}Z`,
  });
}

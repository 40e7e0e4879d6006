/** What people wrote of the shop's Ingress on blue, for "byte-identical". */
import { ingresses } from '#sandbox/load-balancer-controller/ingress/ingress-objects.ts';
import { SHOP_NAMESPACE_NAME } from '#sandbox/shop/manifests.ts';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { BLUE } from '#sandbox/world/seed-blue.ts';

/** Annotations, labels and specification as JSON text; null where blue, or its Ingress, does not exist. */
export async function ingressText({ clusters }: Pick<Sandbox, 'clusters'>): Promise<string | null> {
  const found = await clusters
    .controlPlane(BLUE)
    ?.client.get(ingresses, { namespace: SHOP_NAMESPACE_NAME, name: 'web' });
  if (found === undefined) return null;
  const { annotations, labels } = found.metadata;
  return JSON.stringify({ annotations, labels, spec: found.spec });
}

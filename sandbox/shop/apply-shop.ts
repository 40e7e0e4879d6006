/**
 * Applies the shop to a cluster. The binding's definition must be there already: the load balancer controller's stand-in
 * brings it. Doing it twice equals doing it once.
 */
import type { AdminClient } from '#sandbox/kubernetes/admin-client.ts';
import { untypedResource } from '#sandbox/kubernetes/kubernetes-object.ts';
import { shopManifests, type Manifest, type ShopManifestOptions } from './manifests.ts';

/** Lower-case plurals of the kinds in the manifests, which the API server's paths are made of. */
const PLURALS: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ServiceAccount: 'serviceaccounts',
  Service: 'services',
  Deployment: 'deployments',
  CronJob: 'cronjobs',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  PodDisruptionBudget: 'poddisruptionbudgets',
  TargetGroupBinding: 'targetgroupbindings',
  Ingress: 'ingresses',
};

export async function applyShop(
  client: Pick<AdminClient, 'apply'>,
  options: ShopManifestOptions,
): Promise<void> {
  for (const manifest of shopManifests(options)) {
    await client.apply(resourceOf(manifest), manifest, { fieldManager: 'shop-team' });
  }
}

function resourceOf({ apiVersion, kind }: Manifest): ReturnType<typeof untypedResource> {
  const plural = PLURALS[kind];
  if (plural === undefined)
    throw new TypeError(`the shop's manifests hold an unknown kind ${kind}`);
  return untypedResource({ apiVersion, kind, plural, namespaced: kind !== 'Namespace' });
}

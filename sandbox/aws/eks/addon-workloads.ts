/**
 * What an add-on puts into the cluster: a service account and real workloads in kube-system. Their pods decide its health.
 */
import {
  ADDON_NAMESPACE,
  BOOTSTRAPPED,
  catalogueAddon,
  defaultAddonVersion,
  type CatalogueAddon,
  type CatalogueWorkload,
} from './addon-catalogue.ts';
import type { KubernetesManifest } from './cluster-backend.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';

/** Objects of an add-on at a version. @param replicas of its Deployments, when configured. */
export function addonManifests(
  addon: CatalogueAddon,
  version: string,
  replicas?: number,
): readonly KubernetesManifest[] {
  const serviceAccount: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: addon.serviceAccount, namespace: ADDON_NAMESPACE },
  };
  return [
    serviceAccount,
    ...addon.workloads.map((workload) => workloadManifest(addon, workload, version, replicas)),
  ];
}

/** The defaults that EKS installs with a new cluster, outside the add-on API. */
export async function installSelfManagedAddons(
  state: EksState,
  record: ClusterRecord,
): Promise<void> {
  const { name: cluster = '', version = '' } = record.cluster;
  for (const name of BOOTSTRAPPED) {
    const addon = catalogueAddon(name);
    if (addon === undefined) continue;
    await state.parts.backend.apply(
      cluster,
      addonManifests(addon, defaultAddonVersion(addon, version) ?? ''),
    );
    record.selfManagedAddons.add(name);
  }
}

function workloadManifest(
  addon: CatalogueAddon,
  workload: CatalogueWorkload,
  version: string,
  replicas: number | undefined,
): KubernetesManifest {
  const labels = {
    'app.kubernetes.io/name': workload.name,
    'eks.amazonaws.com/component': addon.name,
  };
  const daemonSet = workload.kind === 'DaemonSet';
  return {
    apiVersion: 'apps/v1',
    kind: workload.kind,
    metadata: { name: workload.name, namespace: ADDON_NAMESPACE, labels },
    spec: {
      ...(daemonSet ? {} : { replicas: replicas ?? workload.replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: addon.serviceAccount,
          priorityClassName: daemonSet ? 'system-node-critical' : 'system-cluster-critical',
          ...(daemonSet ? { tolerations: [{ operator: 'Exists' }] } : {}),
          containers: [{ name: workload.name, image: `eks/${addon.name}:${version}` }],
        },
      },
    },
  };
}

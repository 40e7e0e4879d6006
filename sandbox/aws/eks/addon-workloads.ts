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
import { tenthAddress } from '../../node-agent/tenth-address.ts';
import type { KubernetesManifest } from './cluster-backend.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';

/** Objects of an add-on at a version. @param replicas of its Deployments, when configured. @param of whose; not needed to name them */
export function addonManifests(
  addon: CatalogueAddon,
  version: string,
  replicas?: number,
  { cluster }: Pick<ClusterRecord, 'cluster'> = { cluster: {} },
): readonly KubernetesManifest[] {
  const serviceAccount: KubernetesManifest = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: addon.serviceAccount, namespace: ADDON_NAMESPACE },
  };
  return [
    serviceAccount,
    ...addon.workloads.map((workload) =>
      workloadManifest(addon, workload, version, replicas, cluster.name ?? ''),
    ),
    ...(addon.name === 'coredns' ? [nameService(serviceCidrOf(cluster)), COREFILE] : []),
  ];
}

/** As EKS ships it, cut down. */
const COREFILE: KubernetesManifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'coredns', namespace: ADDON_NAMESPACE },
  data: {
    Corefile:
      '.:53 {\n    errors\n    health\n    kubernetes cluster.local\n    forward . /etc/resolv.conf\n    cache 30\n    reload\n}\n',
  },
};

/** Where every pod's resolver asks: the tenth address of Services (EKS user guide, "Manage CoreDNS for DNS in Amazon EKS clusters"). */
function nameService(serviceCidr: string | undefined): KubernetesManifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: ADDON_NAMESPACE, labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      ...(serviceCidr === undefined ? {} : { clusterIP: tenthAddress(serviceCidr) }),
      selector: { 'eks.amazonaws.com/component': 'coredns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  };
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
      addonManifests(addon, defaultAddonVersion(addon, version) ?? '', undefined, record),
    );
    record.selfManagedAddons.add(name);
  }
}

function serviceCidrOf(cluster: ClusterRecord['cluster']): string | undefined {
  return cluster.kubernetesNetworkConfig?.serviceIpv4Cidr;
}

/** A few of those that EKS sets. */
const cniVariables = (cluster: string): readonly object[] => [
  { name: 'CLUSTER_NAME', value: cluster },
  { name: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG', value: 'false' },
  { name: 'ENABLE_PREFIX_DELEGATION', value: 'false' },
  { name: 'WARM_ENI_TARGET', value: '1' },
];

function workloadManifest(
  addon: CatalogueAddon,
  workload: CatalogueWorkload,
  version: string,
  replicas: number | undefined,
  cluster: string,
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
          containers: [
            {
              name: workload.name,
              image: `eks/${addon.name}:${version}`,
              ...(addon.name === 'vpc-cni' ? { env: cniVariables(cluster) } : {}),
            },
          ],
        },
      },
    },
  };
}

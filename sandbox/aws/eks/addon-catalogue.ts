/**
 * A small add-on catalogue of our own: six add-ons, for the Kubernetes versions this EKS offers, a few versions each. Version
 * numbers are facts of August 2026; configuration schemas are cut down to what a test can set.
 */
import type { WorkloadRef } from './cluster-backend.ts';

export interface CatalogueVersion {
  readonly version: string;
  /** Kubernetes minors it runs on. */
  readonly kubernetes: readonly string[];
  /** Those of them for which it is the default. */
  readonly defaultFor: readonly string[];
  /** Properties of the add-on's configuration that this version no longer takes. */
  readonly without?: readonly string[];
}

export interface CatalogueWorkload {
  readonly kind: WorkloadRef['kind'];
  readonly name: string;
  /** Pods of a Deployment; DaemonSets have one on each node. */
  readonly replicas: number;
}

export interface CatalogueAddon {
  readonly name: string;
  readonly type: 'networking' | 'storage' | 'security' | 'observability';
  readonly owner: 'aws' | 'community';
  readonly requiresIamPermissions: boolean;
  readonly serviceAccount: string;
  /** Managed policies EKS recommends for the service account; empty when it needs none. */
  readonly recommendedPolicies: readonly string[];
  readonly workloads: readonly CatalogueWorkload[];
  /** Newest first. */
  readonly versions: readonly CatalogueVersion[];
  /** Properties of the configuration schema, JSON Schema draft 7. */
  readonly configuration: Readonly<Record<string, object>>;
}

export const ADDON_NAMESPACE = 'kube-system';

/** Add-ons that EKS installs by itself unless `bootstrapSelfManagedAddons` is false. */
export const BOOTSTRAPPED = ['vpc-cni', 'kube-proxy', 'coredns'] as const;

const ALL = ['1.33', '1.34', '1.35', '1.36'] as const;
const RESOURCES = { type: 'object' };
const REPLICAS = { type: 'integer', minimum: 1 };
const TOLERATIONS = { type: 'array', items: { type: 'object' } };
const at = (
  version: string,
  kubernetes: readonly string[],
  defaultFor: readonly string[] = [],
): CatalogueVersion => ({
  version,
  kubernetes,
  defaultFor,
});
const daemonSet = (name: string): CatalogueWorkload => ({ kind: 'DaemonSet', name, replicas: 0 });
const deployment = (name: string): CatalogueWorkload => ({ kind: 'Deployment', name, replicas: 2 });

export const ADDON_CATALOGUE: readonly CatalogueAddon[] = [
  {
    name: 'vpc-cni',
    type: 'networking',
    owner: 'aws',
    requiresIamPermissions: true,
    serviceAccount: 'aws-node',
    recommendedPolicies: ['arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy'],
    workloads: [daemonSet('aws-node')],
    versions: [
      at('v1.23.0-eksbuild.1', ALL),
      at('v1.22.4-eksbuild.3', ALL, ALL),
      at('v1.20.4-eksbuild.2', ['1.33', '1.34']),
    ],
    configuration: {
      env: { type: 'object', additionalProperties: { type: 'string' } },
      enableNetworkPolicy: { type: 'string', enum: ['true', 'false'] },
      resources: RESOURCES,
    },
  },
  {
    name: 'coredns',
    type: 'networking',
    owner: 'aws',
    requiresIamPermissions: false,
    serviceAccount: 'coredns',
    recommendedPolicies: [],
    workloads: [deployment('coredns')],
    versions: [
      at('v1.14.3-eksbuild.14', ['1.35', '1.36']),
      at('v1.14.3-eksbuild.3', ['1.35', '1.36'], ['1.36']),
      at('v1.13.2-eksbuild.11', ['1.33', '1.34', '1.35'], ['1.35']),
      at('v1.12.4-eksbuild.18', ['1.33', '1.34'], ['1.33', '1.34']),
    ],
    configuration: {
      replicaCount: REPLICAS,
      corefile: { type: 'string' },
      resources: RESOURCES,
      tolerations: TOLERATIONS,
    },
  },
  {
    name: 'kube-proxy',
    type: 'networking',
    owner: 'aws',
    requiresIamPermissions: false,
    serviceAccount: 'kube-proxy',
    recommendedPolicies: [],
    workloads: [daemonSet('kube-proxy')],
    versions: [
      { ...at('v1.36.0-eksbuild.14', ['1.36'], ['1.36']), without: ['ipvs'] },
      at('v1.35.3-eksbuild.18', ['1.35', '1.36'], ['1.35']),
      at('v1.34.6-eksbuild.18', ['1.34', '1.35', '1.36'], ['1.34']),
      at('v1.33.10-eksbuild.18', ALL, ['1.33']),
    ],
    configuration: {
      mode: { type: 'string', enum: ['iptables', 'ipvs', 'nftables'] },
      ipvs: { type: 'object', properties: { scheduler: { type: 'string' } } },
      resources: RESOURCES,
    },
  },
  {
    name: 'aws-ebs-csi-driver',
    type: 'storage',
    owner: 'aws',
    requiresIamPermissions: true,
    serviceAccount: 'ebs-csi-controller-sa',
    recommendedPolicies: ['arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy'],
    workloads: [deployment('ebs-csi-controller'), daemonSet('ebs-csi-node')],
    versions: [at('v1.64.0-eksbuild.1', ALL, ALL), at('v1.62.0-eksbuild.1', ALL)],
    configuration: { controller: { type: 'object' }, node: { type: 'object' } },
  },
  {
    name: 'metrics-server',
    type: 'observability',
    owner: 'community',
    requiresIamPermissions: false,
    serviceAccount: 'metrics-server',
    recommendedPolicies: [],
    workloads: [deployment('metrics-server')],
    versions: [
      at('v0.9.0-eksbuild.6', ['1.34', '1.35', '1.36'], ['1.34', '1.35', '1.36']),
      at('v0.8.1-eksbuild.15', ['1.33', '1.34'], ['1.33']),
    ],
    configuration: { replicas: REPLICAS, tolerations: TOLERATIONS },
  },
  {
    name: 'eks-pod-identity-agent',
    type: 'security',
    owner: 'aws',
    requiresIamPermissions: false,
    serviceAccount: 'eks-pod-identity-agent',
    recommendedPolicies: [],
    workloads: [daemonSet('eks-pod-identity-agent')],
    versions: [at('v1.4.0-eksbuild.1', ALL), at('v1.3.10-eksbuild.3', ALL, ALL)],
    configuration: { resources: RESOURCES, agent: { type: 'object' } },
  },
];

export const catalogueAddon = (name: string | undefined): CatalogueAddon | undefined =>
  ADDON_CATALOGUE.find((addon) => addon.name === name);

/** The default version of an add-on on a Kubernetes minor. */
export const defaultAddonVersion = (
  addon: CatalogueAddon,
  kubernetesVersion: string,
): string | undefined =>
  addon.versions.find(({ defaultFor }) => defaultFor.includes(kubernetesVersion))?.version;

/** The configuration schema of a version as EKS hands it out: JSON text. */
export const configurationSchema = (addon: CatalogueAddon, version: string): string => {
  const { without = [] } = addon.versions.find((one) => one.version === version) ?? {};
  const taken = Object.entries(addon.configuration).filter(([name]) => !without.includes(name));
  return JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(taken),
  });
};

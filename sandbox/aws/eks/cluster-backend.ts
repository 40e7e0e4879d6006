/**
 * What EKS needs of a real cluster, as a port: EKS decides when things happen and what they are called, the backend makes them
 * true. `kubernetes-backend.ts` stands on real API servers; `in-memory-backend.ts` is for tests of the API alone.
 * Every call is idempotent; calls for a cluster that is not running reject.
 */
import type { PublishedKey } from '../iam/token-issuers.ts';

export interface ClusterToStart {
  readonly name: string;
  /** Kubernetes minor, as in `1.34`. */
  readonly version: string;
  /** Issuer of service account tokens. */
  readonly issuer: string;
  /** Addresses of Services, as in `172.20.0.0/16`. */
  readonly serviceCidr: string;
  /** Where the API server asks about bearer tokens (TokenReview v1). */
  readonly tokenWebhookUrl: string;
}

interface ClusterEndpoint {
  /** `https://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** PEM of the cluster's certificate authority, in base64. */
  readonly caData: string;
}

export interface NodeToAdd {
  /** Private DNS name, as in `ip-10-20-0-4.eu-west-1.compute.internal`. */
  readonly name: string;
  readonly internalIp: string;
  /** As in `eu-west-1a`. */
  readonly zone: string;
  readonly instanceType: string;
  /** Besides those every EKS node has. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
  /** As in `v1.34.2-eks-0c07e00`. */
  readonly kubeletVersion: string;
}

export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface WorkloadRef {
  readonly kind: 'Deployment' | 'DaemonSet';
  readonly namespace: string;
  readonly name: string;
}

export interface WorkloadHealth {
  readonly desired: number;
  readonly available: number;
}

export interface ClusterBackend {
  /** Resolves when the API server answers `/readyz`. */
  start(cluster: ClusterToStart): Promise<ClusterEndpoint>;
  /** The control plane goes on as another minor version, with its data and at the same endpoint. Absent: not possible. */
  setVersion?(clusterName: string, version: string): Promise<void>;
  addNodes(clusterName: string, nodes: readonly NodeToAdd[]): Promise<void>;
  removeNodes(clusterName: string, nodeNames: readonly string[]): Promise<void>;
  apply(clusterName: string, manifests: readonly KubernetesManifest[]): Promise<void>;
  /** Objects that are not there are skipped. */
  remove(clusterName: string, manifests: readonly KubernetesManifest[]): Promise<void>;
  /** Undefined when there is no such workload. */
  workloadHealth(clusterName: string, workload: WorkloadRef): Promise<WorkloadHealth | undefined>;
  /** What its API server signs service account tokens with, as it publishes it. Absent: it signs none. */
  publishedKeys?(clusterName: string): Promise<readonly PublishedKey[]>;
  /** Ends the cluster and deletes its data. */
  stop(clusterName: string): Promise<void>;
}

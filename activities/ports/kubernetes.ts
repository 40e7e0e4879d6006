import type { AskedApi } from '#domain/preflight/asked-apis.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { ClusterRef, Identified } from './refs.ts';

export interface ObjectKind {
  readonly apiVersion: string;
  readonly plural: string;
}

/** One cluster's Kubernetes API; plain JSON objects, nothing dropped. */
export interface KubernetesCluster {
  /** Null namespace: cluster-scoped or all namespaces. An unknown kind has no objects. Pages are followed. */
  list(
    kind: ObjectKind,
    namespace: string | null,
    signal: AbortSignal,
  ): Promise<readonly KubernetesObject[]>;
  /** Null when it does not exist. */
  get(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<KubernetesObject | null>;
  /** Server-side apply as field manager `cutover`, forced; twice equals once. */
  apply(kind: ObjectKind, object: KubernetesObject, signal: AbortSignal): Promise<void>;
  /** JSON merge patch. Fails `not-found`. */
  merge(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    patch: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** In the background; no-op when it does not exist. */
  delete(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Deprecated APIs that were asked for since the API server started: one of several, each of which counts for itself. Fails
   * `access-denied` where we may not read its metrics, `limit-exceeded` where there are too many of them.
   */
  askedDeprecatedApis(signal: AbortSignal): Promise<readonly AskedApi[]>;
  /** Is the API server ready to serve us? */
  isReady(signal: AbortSignal): Promise<boolean>;
}

/** Connections to API servers; endpoint and credentials are found and kept inside. */
export interface KubernetesClusters {
  /** Fails `identity-changed` when the cluster of that name is not `identity`. */
  connect(
    cluster: ClusterRef,
    identity: Identified,
    signal: AbortSignal,
  ): Promise<KubernetesCluster>;
}

import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** Releases of Helm as it keeps them in a cluster: what it will compare with at the next upgrade, and nobody sees otherwise. */
interface OpenedRelease {
  /** `namespace/name revision N`. */
  readonly name: string;
  readonly objects: readonly unknown[];
  /** What of it could not be read. */
  readonly unreadable: readonly string[];
}

export interface HelmReleases {
  /** Null for a Secret that is not Helm's, and for a release that is not in force. Never fails. */
  open(secret: KubernetesObject): OpenedRelease | null;
}

import type { Misfit } from '#domain/addon-probes/misfits.ts';
import type { OfferedVersion } from '#domain/addon-versions.ts';
import type { CreationIdentity } from './clusters.ts';
import type { PartDescription } from './nodegroups.ts';
import type { Access, ClusterRef } from './refs.ts';

export interface AddonDescription extends PartDescription {
  readonly version: string;
}

/** EKS add-ons. */
export interface Addons {
  list(cluster: ClusterRef, signal: AbortSignal): Promise<readonly AddonDescription[]>;
  /** Versions of `addon` compatible with a Kubernetes version. */
  offered(
    access: Access,
    addon: string,
    kubernetesVersion: string,
    signal: AbortSignal,
  ): Promise<readonly OfferedVersion[]>;
  /**
   * Where blue's configuration does not fit the schema of a version; empty where it fits or blue has none. Null where EKS has no
   * schema that can be read: then EKS alone judges, when it installs.
   */
  misfits(
    blue: ClusterRef,
    addon: { readonly name: string; readonly version: string },
    signal: AbortSignal,
  ): Promise<readonly Misfit[] | null>;
  /** Installs on `green` with blue's configuration; an existing add-on at the version: no-op. */
  installLike(
    blue: ClusterRef,
    green: ClusterRef,
    addon: { readonly name: string; readonly version: string },
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<void>;
}

import type { AccountRole } from '#domain/workloads/service-account-roles.ts';
import type { CreationIdentity } from './clusters.ts';
import type { Access, ClusterRef } from './refs.ts';

/** Who may talk to a cluster's API server. */
export interface ClusterAccess {
  /** Principal behind `access`: role ARN (never a session ARN). Fails `credentials-missing` or `access-denied`. */
  whoAmI(
    access: Access,
    signal: AbortSignal,
  ): Promise<{ readonly account: string; readonly arn: string }>;
  /** Admits the principal as cluster admin; no-op when it is admitted. */
  admitAdmin(
    cluster: ClusterRef,
    principalArn: string,
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<void>;
  /** Copies blue's access entries and policies for people and tools; node entries are skipped, existing ones kept. Returns how many. */
  copyEntries(
    blue: ClusterRef,
    green: ClusterRef,
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<number>;
  /** Roles that pods of these namespaces get by Pod Identity, without those that an add-on brings. */
  podIdentities(
    cluster: ClusterRef,
    namespaces: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly AccountRole[]>;
  /**
   * Makes green's pods get the roles that blue's get by Pod Identity: blue's associations without those that an add-on owns. A
   * service account that has one on green keeps it. Returns how many blue has.
   */
  copyPodIdentities(
    blue: ClusterRef,
    green: ClusterRef,
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<number>;
}

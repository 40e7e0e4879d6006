import type { OfferedVersion } from '#domain/addon-versions.ts';
import type { Misfit } from '#domain/addon-probes/misfits.ts';
import type { AdmittingRule } from '#domain/preflight/admitting-groups.ts';
import type { SubnetRoom } from '#domain/preflight/address-room.ts';
import type { AccountRole } from '#domain/workloads/service-account-roles.ts';
import type { NodegroupShape } from '#domain/preflight/green-likeness.ts';
import type { InsightsRefresh } from '#domain/preflight/insight-refresh.ts';
import type { Insight } from '#domain/preflight/upgrade-insights.ts';
import type { OfferedKubernetes } from '#domain/preflight/version-support.ts';
import type { Access, ClusterRef, Identified } from './ports.ts';

/** What activities need of EKS; a part of `ports.ts`, whose rules hold here. */

export interface ClusterDescription extends Identified {
  readonly name: string;
  readonly version: string;
  readonly status: 'PENDING' | 'CREATING' | 'ACTIVE' | 'UPDATING' | 'FAILED' | 'DELETING';
  /** Cluster health issues as `code: message`. */
  readonly issues: readonly string[];
  readonly deletionProtection: boolean;
  /** Who signs the tokens of its service accounts; null where EKS does not say. */
  readonly issuer: string | null;
  /** People are admitted by its aws-auth ConfigMap and by nothing else. */
  readonly admitsByConfigMapAlone: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** EKS control planes. */
export interface Clusters {
  /** Null when no such cluster exists. */
  describe(cluster: ClusterRef, signal: AbortSignal): Promise<ClusterDescription | null>;
  /**
   * Creates `green` in the shape of `blue` (network, role, logging, encryption, Kubernetes network; access mode API).
   * Identity key: `clientToken`. A cluster of that name that exists already: `conflict`.
   */
  createLike(
    blue: ClusterRef,
    green: ClusterRef & { readonly version: string },
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<ClusterDescription>;
  /** Every Kubernetes version that EKS names, also those that it supports no longer. */
  versions(access: Access, signal: AbortSignal): Promise<readonly OfferedKubernetes[]>;
  /** Subnets that the cluster and its node groups are in. Fails `access-denied` where EC2 may not be asked. */
  subnets(cluster: ClusterRef, signal: AbortSignal): Promise<readonly SubnetRoom[]>;
  /** Rules of other security groups that admit the cluster by its own. Fails `access-denied` where EC2 may not be asked. */
  admittingRules(
    cluster: ClusterRef,
    signal: AbortSignal,
  ): Promise<{ readonly own: string | null; readonly rules: readonly AdmittingRule[] }>;
  /** Upgrade readiness insights of a cluster; what does not pass comes with EKS's recommendation and who asks. */
  insights(cluster: ClusterRef, signal: AbortSignal): Promise<readonly Insight[]>;
  /** The last refresh of insights that anybody asked for; null: none is known. Fails `access-denied`. */
  insightsRefresh(cluster: ClusterRef, signal: AbortSignal): Promise<InsightsRefresh | null>;
  /** Has EKS look again; no-op while it does. Changes nothing of the cluster. Fails `access-denied`. */
  startInsightsRefresh(cluster: ClusterRef, signal: AbortSignal): Promise<void>;
  /** Turns deletion protection off; no-op when it is off. Returns whether an update is still running. */
  allowDeletion(
    cluster: ClusterRef,
    clientToken: string,
    signal: AbortSignal,
  ): Promise<{ readonly updating: boolean }>;
  /** Starts deletion; no-op when the cluster is gone or going. */
  delete(cluster: ClusterRef, signal: AbortSignal): Promise<void>;
}

/** How a creation is recognised when it is asked for again (I6). */
export interface CreationIdentity {
  readonly clientToken: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A part of a cluster with a life of its own: node group or add-on. */
export interface PartDescription {
  readonly name: string;
  readonly status: string;
  /** Is it in its good resting state (`ACTIVE`)? */
  readonly ready: boolean;
  /** Has it failed in a way that waiting does not mend? */
  readonly failed: boolean;
  /** Health issues as `code: message`. */
  readonly issues: readonly string[];
}

/** Managed node groups. */
export interface Nodegroups {
  list(cluster: ClusterRef, signal: AbortSignal): Promise<readonly PartDescription[]>;
  /** What decides whether their twins can be made. */
  shapes(cluster: ClusterRef, signal: AbortSignal): Promise<readonly NodegroupShape[]>;
  /** Creates on `green` a node group in the shape of blue's `name`, sized to blue's current desired size. Existing: no-op. */
  createLike(
    blue: ClusterRef,
    green: ClusterRef,
    name: string,
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<void>;
  /** Starts deletion; no-op when gone or going. */
  delete(cluster: ClusterRef, name: string, signal: AbortSignal): Promise<void>;
}

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

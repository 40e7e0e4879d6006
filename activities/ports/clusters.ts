import type { SubnetRoom } from '#domain/preflight/address-room.ts';
import type { AdmittingRule } from '#domain/preflight/admitting-groups.ts';
import type { InsightsRefresh } from '#domain/preflight/insight-refresh.ts';
import type { Insight } from '#domain/preflight/upgrade-insights.ts';
import type { OfferedKubernetes } from '#domain/preflight/version-support.ts';
import type { Access, ClusterRef, Identified } from './refs.ts';

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

import type { Issuer } from '#domain/trust-policy/trust-policy.ts';
import type { Access, ClusterRef, Identified } from './refs.ts';

/** What activities need of IAM and STS for roles of pods; the rules of `ports.ts` hold here. */
export interface RoleTrust {
  /**
   * Makes IAM know a cluster's issuer, for the audience of STS: found, or created with these tags. Fails `unexpected-shape` where
   * somebody else's provider of that issuer does not admit the audience.
   */
  registerIssuer(
    access: Access,
    issuer: Issuer,
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Takes it away again if its tags are ours; a stranger's stays. No-op where there is none. */
  removeIssuer(
    access: Access,
    providerArn: string,
    isOurs: (tags: Readonly<Record<string, string>>) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  /** A role's trust policy, in the text that IAM keeps. Fails `not-found`, `access-denied`. */
  read(access: Access, roleArn: string, signal: AbortSignal): Promise<string>;
  /**
   * Changes a role's trust policy, one writer of this process at a time: reads it, writes what `change` makes of it, and reads again until
   * `change` has nothing to do, so that a write of somebody else that came between is met. No write where there is nothing
   * to do. Identity: `change` done twice equals once. Fails `trust-policy-full`, `write-not-verified`, `not-found`.
   */
  change(
    access: Access,
    roleArn: string,
    change: (policy: string) => string,
    signal: AbortSignal,
  ): Promise<{ readonly changed: boolean }>;
  /**
   * Would pods of this service account get the role? A token of the account is made by its cluster and shown to STS, for the shortest
   * session, under a policy that forbids everything; neither the token nor what STS answers leaves the adapter. Null: they would;
   * else STS's own words. Fails `not-found` where the cluster has no such account.
   */
  whyRefused(
    cluster: ClusterRef & { readonly identity: Identified },
    account: { readonly namespace: string; readonly name: string; readonly roleArn: string },
    signal: AbortSignal,
  ): Promise<string | null>;
}

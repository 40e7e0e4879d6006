import type { NodegroupShape } from '#domain/preflight/green-likeness.ts';
import type { CreationIdentity } from './clusters.ts';
import type { ClusterRef } from './refs.ts';

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

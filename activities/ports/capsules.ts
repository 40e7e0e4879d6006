import type { Capsule, CapsuleAccess, CapsuleCall } from '#domain/capsule/capsule.ts';
import type { Json } from '#domain/json/json-value.ts';
import type { Access } from './refs.ts';

/** The ports of the rollback that works without us: where it is written down, and the hand that carries it out. */

/** Where capsules are kept, out of Temporal's reach. */
export type CapsulePlace =
  /** Null: the worker's own directory. */
  | { readonly with: 'file'; readonly directory: string | null }
  | { readonly with: 'ssm'; readonly prefix: string; readonly access: Access }
  /** The access's account owns the bucket, its region is the bucket's. */
  | {
      readonly with: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly access: Access;
    };

export interface FoundCapsule {
  /** As `cutover rollback --break-glass` takes it. */
  readonly source: string;
  /** Not known to be a capsule: whoever can write there may have written it. */
  readonly text: string;
}

/** The written-down rollbacks, one for each workflow id (I1). */
export interface Capsules<Place extends CapsulePlace = CapsulePlace> {
  /** Replaces the workflow's capsule; a reader finds the old one or the new one. Fails `capsule-not-written`. */
  write(place: Place, capsule: Capsule, signal: AbortSignal): Promise<void>;
  /** Takes the workflow's capsule away; no-op when there is none. Fails `capsule-not-written`. */
  remove(place: Place, workflowId: string, signal: AbortSignal): Promise<void>;
  /** All capsules of the place; none where nothing was ever written. A bucket that is not there: `not-found`. */
  list(place: Place, signal: AbortSignal): Promise<readonly FoundCapsule[]>;
}

/** Sends a capsule's calls exactly as they are written, one attempt each. */
export interface CapsuleCalls {
  /** The answer as JSON. @param access of calls that carry none of their own */
  send(call: CapsuleCall, access: CapsuleAccess, signal: AbortSignal): Promise<Json>;
}

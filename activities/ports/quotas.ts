import type { QuotaRoom } from '#domain/preflight/quotas.ts';
import type { Access, ClusterRef } from './refs.ts';

/** What the account may have, and has. */
export interface Quotas {
  /**
   * The quotas that a green in the shape of `blue` takes something of, in the account and region of `green`. What may not be asked
   * is named and not guessed. Reads only.
   */
  read(
    blue: ClusterRef,
    green: Access,
    signal: AbortSignal,
  ): Promise<{
    readonly rooms: readonly QuotaRoom[];
    /** `CODE: why`. */
    readonly unread: readonly string[];
  }>;
}

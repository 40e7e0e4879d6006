import type { RoutePlace } from '#domain/traffic/route-place.ts';
import type { RouteRef } from './traffic-router.ts';

/** Authoritative answers of a name's own name servers: what the world's resolvers are told. */
export interface DnsAnswers {
  /**
   * Asks `count` times, evenly over the servers, nothing cached: how many answers led to each colour, and how many to neither.
   * Null where no server can be asked from here (a private zone). Fails `unavailable`.
   */
  sample(
    route: RouteRef<Extract<RoutePlace, { readonly with: 'route53' }>>,
    count: number,
    signal: AbortSignal,
  ): Promise<{ readonly blue: number; readonly green: number; readonly other: number } | null>;
}

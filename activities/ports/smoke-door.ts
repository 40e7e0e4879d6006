import type { RoutePlace } from '#domain/traffic/route-place.ts';
import type { RouteRef } from './traffic-router.ts';

/** A temporary way to green for whoever knows a secret header. */
export interface SmokeDoor<Place extends RoutePlace = RoutePlace> {
  /**
   * Opens a rule with the planned rule's conditions and the header, above it, forwarding to green alone. Priorities are
   * renumbered only when no free one is above. Identity: tags and the route; an older door of the same migration
   * and route is replaced. Returns a host name that the planned rule matches, or null where it asks for none; null altogether
   * where the route looks into no request, so that no question could be told from a user's. Fails `unexpected-shape` when
   * the rule leaves no room for the header.
   */
  open(
    route: RouteRef<Place>,
    header: { readonly name: string; readonly value: string },
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly host: string | null } | null>;
  /** Removes every door of the route with these tags and restores renumbered priorities; no-op when there is none. */
  close(
    route: RouteRef<Place>,
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
}

import type { RoutePlace } from '#domain/traffic/route-place.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';

/**
 * The smoke door of routes that look into no request: a connection to a Network Load Balancer carries no header by which a
 * question could be told from a user, so green is asked nothing there before its first user. Its targets' health is known.
 */
export function noSmokeDoor<Place extends RoutePlace>(): SmokeDoor<Place> {
  return { open: () => Promise.resolve(null), close: () => Promise.resolve() };
}

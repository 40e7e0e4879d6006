import type { RoutePlace, RouterKind } from '#domain/traffic/route-place.ts';
import type { SmokeDoor } from '#activities/ports/smoke-door.ts';
import type { TrafficRouter } from '#activities/ports/traffic-router.ts';

/**
 * One router, and one smoke door, for all kinds of routes: each call goes to the adapter of the route's own kind. The
 * only place that knows all kinds; a kind without an adapter does not compile.
 */
type ByKind = { readonly [Kind in RouterKind]: TrafficRouter<PlaceOf<Kind>> };
type DoorsByKind = { readonly [Kind in RouterKind]: SmokeDoor<PlaceOf<Kind>> };
type PlaceOf<Kind extends RouterKind> = Extract<RoutePlace, { readonly with: Kind }>;

export function routerByKind(routers: ByKind): TrafficRouter {
  const of = <Kind extends RouterKind>(kind: Kind): TrafficRouter<PlaceOf<Kind>> => routers[kind];
  return {
    describe: (route, signal) => of(route.with).describe(route, signal),
    attach: (route, before, signal) => of(route.with).attach(route, before, signal),
    detach: (route, before, signal) => of(route.with).detach(route, before, signal),
    setGreenPercent: (route, percent, deadlineMs, signal) =>
      of(route.with).setGreenPercent(route, percent, deadlineMs, signal),
    sendAllToBlue: (route, deadlineMs, signal) =>
      of(route.with).sendAllToBlue(route, deadlineMs, signal),
    wayBack: (route, signal) => of(route.with).wayBack(route, signal),
    readGreenPercent: (route, signal) => of(route.with).readGreenPercent(route, signal),
    removeBlue: (route, signal) => of(route.with).removeBlue(route, signal),
  };
}

export function smokeDoorByKind(doors: DoorsByKind): SmokeDoor {
  const of = <Kind extends RouterKind>(kind: Kind): SmokeDoor<PlaceOf<Kind>> => doors[kind];
  return {
    open: (route, header, tags, signal) => of(route.with).open(route, header, tags, signal),
    close: (route, tags, signal) => of(route.with).close(route, tags, signal),
  };
}

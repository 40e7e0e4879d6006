import { CutoverFailure } from '#domain/failures.ts';
import type { Resolved, ResolvedRoute } from '#domain/migration/resolved.ts';
import type { ActivityInput } from './contract.ts';
import type { Access, ClusterRef } from './ports/refs.ts';
import type { PlannedRouteRef, RouteRef } from './ports/traffic-router.ts';
import type { GreenOrder } from './ports/provisioner.ts';

/** With which access each side is reached, and how the plan's names become references for ports. */

type Spec = ActivityInput['spec'];

/** The side's own access, or the default one. */
export function accessOf(
  spec: Spec,
  side: 'blue' | 'green' | 'loadBalancer' | 'dns' | 'hub',
): Access {
  return spec.access[side] ?? spec.access.default;
}

export function blueRef(spec: Spec): ClusterRef {
  return { access: accessOf(spec, 'blue'), name: spec.blue.cluster };
}

export function greenRef(spec: Spec): ClusterRef {
  return { access: accessOf(spec, 'green'), name: spec.green.cluster };
}

/** Green as whoever makes it is asked for it. */
export function greenOrder({ spec, ref }: ActivityInput): GreenOrder {
  return {
    way: spec.green.provision,
    ref,
    blue: blueRef(spec),
    green: { ...greenRef(spec), version: spec.green.version },
    hub: accessOf(spec, 'hub'),
  };
}

/** A resolved route, with the load balancer's access. */
export function routeRef(
  { spec, resolved }: { readonly spec: Spec; readonly resolved: Pick<Resolved, 'blue'> },
  route: ResolvedRoute,
): RouteRef {
  return { ...route, ...placesOf(spec), blue: resolvedBlue(spec, resolved) };
}

/** A route as the plan has it, with the load balancer's access. */
export function plannedRouteRef(
  { spec, resolved }: { readonly spec: Spec; readonly resolved: Pick<Resolved, 'blue'> },
  route: Spec['traffic']['groups'][number]['routes'][number],
): PlannedRouteRef {
  return { ...route, ...placesOf(spec), blue: resolvedBlue(spec, resolved) };
}

/** How the places of weights are reached: load balancers, DNS zones, clusters in front. */
export function placesOf(spec: Spec): Pick<RouteRef, 'access' | 'dns' | 'hub'> {
  return {
    access: accessOf(spec, 'loadBalancer'),
    dns: accessOf(spec, 'dns'),
    hub: accessOf(spec, 'hub'),
  };
}

function resolvedBlue(spec: Spec, { blue }: Pick<Resolved, 'blue'>): RouteRef['blue'] {
  return { ...blueRef(spec), arn: blue.arn, createdAt: blue.createdAt };
}

/** Every route of the plan with its group and that group's bake, in order. */
export function plannedRoutes(spec: Spec): readonly {
  readonly group: string;
  readonly bakeSeconds: number;
  readonly route: Spec['traffic']['groups'][number]['routes'][number];
}[] {
  return spec.traffic.groups.flatMap((group) =>
    group.routes.map((route) => ({
      group: group.name,
      bakeSeconds: group.bakeSeconds,
      route,
    })),
  );
}

/** The resolved routes of these ids, in the given order; an unknown id is a defect of the caller. */
export function routesOf(resolved: Resolved, ids: readonly string[]): readonly ResolvedRoute[] {
  return ids.map((id) => {
    const route = resolved.routes.find((candidate) => candidate.id === id);
    if (route === undefined)
      throw new CutoverFailure('internal', 'no such route was resolved', { resource: id });
    return route;
  });
}

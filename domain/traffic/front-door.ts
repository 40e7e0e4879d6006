import type { Resolved } from '#domain/migration/resolved.ts';
import type { RouterKind } from './route-place.ts';

/**
 * Which front doors go with blue. The controller on blue deletes the load balancer of an Ingress with its last Ingress, and
 * EKS Auto Mode with the cluster, and a Gateway on blue is served by blue: while users' names point there, blue must not be
 * retired (I5). Pure.
 */

/** ARNs of load balancers that users come through and that die with blue, each once. */
export function frontDoorsOfBlue({ routes }: Pick<Resolved, 'routes'>): readonly string[] {
  return [...new Set(routes.filter(diesWithBlue).map((route) => route.loadBalancerArn))];
}

/** Is the place of its weights, and with it the way of its users, on blue? */
export function diesWithBlue(route: {
  readonly with: RouterKind;
  readonly heldBy?: object;
}): boolean {
  return route.with === 'ingress' || (route.with === 'gateway' && route.heldBy === undefined);
}

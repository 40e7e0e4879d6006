import type { Resolved, ResolvedRoute } from './resolved.ts';

/**
 * Which front doors go with blue. The controller on blue deletes the load balancer of an Ingress with its last Ingress, and
 * EKS Auto Mode with the cluster: while users' names point there, blue must not be retired (I5). Pure.
 */

/** ARNs of load balancers that users come through and that die with blue, each once. */
export function frontDoorsOfBlue({ routes }: Pick<Resolved, 'routes'>): readonly string[] {
  return [...new Set(routes.filter(diesWithBlue).map((route) => route.loadBalancerArn))];
}

function diesWithBlue(route: Pick<ResolvedRoute, 'with'>): boolean {
  return route.with === 'ingress';
}

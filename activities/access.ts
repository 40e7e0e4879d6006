import { CutoverFailure } from '#domain/failures.ts';
import type { Resolved, ResolvedRoute } from '#domain/resolved.ts';
import type { ActivityInput } from './contract.ts';
import type { Access, ClusterRef, RouteRef } from './ports.ts';

/** With which access each side is reached, and how the plan's names become references for ports. */

type Spec = ActivityInput['spec'];

/** The side's own access, or the default one. */
export function accessOf(spec: Spec, side: 'blue' | 'green' | 'loadBalancer'): Access {
  return spec.access[side] ?? spec.access.default;
}

export function blueRef(spec: Spec): ClusterRef {
  return { access: accessOf(spec, 'blue'), name: spec.blue.cluster };
}

export function greenRef(spec: Spec): ClusterRef {
  return { access: accessOf(spec, 'green'), name: spec.green.cluster };
}

/** A route of the plan or a resolved one, with the load balancer's access. */
export function routeRef(spec: Spec, route: Omit<RouteRef, 'access'>): RouteRef {
  const { id, ruleArn, blueTargetGroupArn, greenTargetGroupArn } = route;
  const access = accessOf(spec, 'loadBalancer');
  return { access, id, ruleArn, blueTargetGroupArn, greenTargetGroupArn };
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

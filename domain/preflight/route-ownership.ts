import type { Finding } from './finding.ts';
import { diesWithBlue } from '#domain/traffic/front-door.ts';
import type { ReadinessFacts } from './readiness-facts.ts';
import { askOwner } from '#domain/traffic/weights-owner.ts';

/**
 * What preflight says of who owns a route (I15): a controller or tool that puts back what we write, and a load balancer that
 * goes with the cluster which owns it. Pure; called by `readiness.ts`.
 */
type Route = Pick<
  ReadinessFacts['routes'][number],
  'id' | 'with' | 'heldBy' | 'loadBalancerArn' | 'ownedByCluster' | 'owner' | 'owned'
>;

export function ownershipFindings(route: Route, blueName: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (diesWithBlue(route))
    findings.push({
      code: 'front-door-goes-with-blue',
      severity: 'warn',
      resource: route.loadBalancerArn,
      title: `the load balancer of route ${route.id} goes with blue: this migration can shift and soak, and halts before blue would be retired`,
      remedy: 'plan to move users’ names to a load balancer that outlives blue',
    });
  else if (route.ownedByCluster === blueName)
    findings.push({
      code: 'load-balancer-owned-by-blue',
      severity: 'block',
      resource: route.loadBalancerArn,
      title: `the load balancer of route ${route.id} belongs to a controller on blue: it reverts weights and dies with blue`,
      remedy: 'plan the route `with: ingress`, or move it to a load balancer that no cluster owns',
    });
  if (route.owner !== null)
    findings.push({
      code: 'route-owned-elsewhere',
      severity: 'block',
      resource: route.id,
      title: `${route.owner.who} writes what holds the weights of route ${route.id}, and would put them back`,
      remedy:
        'take it out of those hands while you migrate: remove it there together with its mark, or take its fields over with `kubectl apply --server-side --force-conflicts`',
    });
  if (route.owned !== undefined) {
    const { by, as } = route.owned;
    const severity = by.of === 'route' ? 'warn' : 'info';
    const asked = askOwner(route.id, by, as);
    findings.push({ code: 'weights-owner', severity, resource: route.id, ...asked });
  }
  return findings;
}

import { finding, type Finding } from './finding.ts';
import type { ReadinessFacts } from './readiness-facts.ts';
import { ownershipFindings } from './route-ownership.ts';

/** One route before anything is touched: whose it is, who is on it, and whether blue answers there. A part of `readiness.ts`. */
export function routeFindings(
  route: ReadinessFacts['routes'][number],
  blueName: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (route.blueTargetGroupArn === route.greenTargetGroupArn)
    findings.push(
      finding(
        'same-target-group',
        'block',
        route.blueTargetGroupArn,
        `route ${route.id} has one target group for both colours`,
        'give green a target group of its own',
      ),
    );
  findings.push(...ownershipFindings(route, blueName));
  if ((route.greenPercent ?? 0) > 0)
    findings.push(
      finding(
        'users-on-green',
        'block',
        route.id,
        `green has ${route.greenPercent} % of route ${route.id} already: a rollback would leave it as it is now, with users on green`,
        'bring the route to blue first; `cutover doctor --orphans PLAN` prints the commands',
      ),
    );
  if (route.stickySeconds !== null && route.stickySeconds > route.bakeSeconds)
    findings.push(
      finding(
        'sticky-outlasts-bake',
        route.acceptsSticky ? 'warn' : 'block',
        route.id,
        `sessions of route ${route.id} stick for ${route.stickySeconds} s, longer than its bake of ${route.bakeSeconds} s: no step would be seen whole`,
        'make the bake longer or the stickiness shorter, or say `acceptSticky: true` on the route',
      ),
    );
  if (route.healthy === 0)
    findings.push(
      finding(
        'blue-unhealthy-targets',
        'block',
        route.blueTargetGroupArn,
        `blue has no healthy target on route ${route.id}: there would be nothing to go back to`,
        'bring blue into health first',
      ),
    );
  else if (route.healthy < route.total)
    findings.push(
      finding(
        'blue-unhealthy-targets',
        'warn',
        route.blueTargetGroupArn,
        `blue has ${route.healthy} of ${route.total} targets healthy on route ${route.id}`,
        'look at the unhealthy targets before you approve',
      ),
    );
  return findings;
}

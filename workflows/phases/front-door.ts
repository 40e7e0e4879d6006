import type { PhaseResult, Run } from '../run.ts';

/**
 * Preflight blocks load balancers that blue's controllers own, so every resolved route's front door is owned
 * outside the clusters and outlives blue: users have nothing to leave.
 */
export function moveFrontDoor(run: Run): Promise<PhaseResult> {
  return Promise.resolve({
    status: 'skipped',
    facts: {
      why: 'no load balancer of the plan is owned by blue',
      loadBalancers: new Set(run.resolved.routes.map((route) => route.loadBalancerArn)).size,
    },
  });
}

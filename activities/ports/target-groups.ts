import type { Access } from './refs.ts';

/** What activities need of target groups; the rules of `ports.ts` hold here. */

/** What stands behind a target group, as the load balancer's own health checks see it, read fresh. */
export interface TargetCounts {
  readonly healthy: number;
  /** All that are registered and not leaving. */
  readonly total: number;
  /** Healthy ones by availability zone; targets whose zone the API does not tell are in none. */
  readonly healthyByZone: Readonly<Record<string, number>>;
}

/** How a target group treats its targets. */
export interface TargetGroupSettings {
  /** Do requests reach targets in other zones than that of the node which took them? */
  readonly crossesZones: boolean;
  /** Zones in which its load balancer has nodes; empty where requests cross zones. */
  readonly zones: readonly string[];
  /** How long a new target gets fewer requests than its share; 0 where slow start is off. */
  readonly slowStartSeconds: number;
  /** How long a leaving target keeps its open connections. */
  readonly deregistrationDelaySeconds: number;
}

export interface TargetGroups {
  /** Fails `not-found`. */
  readHealth(access: Access, targetGroupArn: string, signal: AbortSignal): Promise<TargetCounts>;
  /**
   * Fails `not-found`.
   * @param loadBalancerArn whose zones and whose word on crossing them count
   */
  readSettings(
    access: Access,
    group: { readonly targetGroupArn: string; readonly loadBalancerArn: string },
    signal: AbortSignal,
  ): Promise<TargetGroupSettings>;
  /**
   * Takes out every target that is not leaving; what leaves keeps its open connections for the deregistration delay. Says how
   * many are still leaving; 0 when none is there any more. Fails `not-found`.
   */
  deregisterAll(
    access: Access,
    targetGroupArn: string,
    signal: AbortSignal,
  ): Promise<{ readonly leaving: number }>;
}

import type { RoutePlace } from '#domain/traffic/route-place.ts';
import type { WeightsOwner } from '#domain/traffic/weights-owner.ts';

/**
 * Every name of the plan, resolved once in preflight to what it meant then (I5): later phases act on these
 * identities and nothing else, so a resource re-created under the same name is never touched.
 */
export interface Resolved {
  /** Principal the engine acts as, from STS; green admits it. */
  readonly engineArn: string;
  readonly blue: ResolvedCluster;
  readonly routes: readonly ResolvedRoute[];
  /** What blue carried when the migration began; the yardstick of ability (I3). */
  readonly baseline: Baseline;
}

interface ResolvedCluster {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly version: string;
}

export type ResolvedRoute = ResolvedRouteBase & RoutePlace;

interface ResolvedRouteBase {
  readonly id: string;
  readonly group: string;
  readonly loadBalancerArn: string;
  /** What reaches the load balancer over HTTP, for smoke tests: scheme, host and port. */
  readonly frontDoorUrl: string;
  /** Security groups of the load balancer; pods must admit them. */
  readonly securityGroupIds: readonly string[];
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  /** How long a session sticks to a side, in seconds; null or absent where every request is drawn anew. */
  readonly stickySeconds?: number | null;
  /** Who else writes the weights, as far as tags tell; absent where none does. */
  readonly weightsOwner?: WeightsOwner;
  /** The router's own note of the shape before us; given back to it to detach green, opaque to everybody else. */
  readonly before: string;
}

/** Blue's measured load before anything moved. */
export interface Baseline {
  readonly requestsPerSecond: number;
  /** Share of requests that each load balancer answered 5xx itself, percent, by ARN; absent where no guardrail asks. */
  readonly loadBalancer5xxPercent?: Readonly<Record<string, number>>;
  /** Healthy blue targets, by route id. */
  readonly healthyTargets: Readonly<Record<string, number>>;
  /**
   * Zones in which a side must have targets of its own, by route id; routes whose requests cross zones on both sides are
   * left out. Absent: nothing is known of zones.
   */
  readonly zonesNeeded?: Readonly<Record<string, ZonesNeeded>>;
  /**
   * Replicas of blue's Deployments in the plan's namespaces, by `namespace/name`, singletons left out: what the side must have
   * behind its targets. The largest that fit the state's bound; absent: nothing is known of them.
   */
  readonly replicas?: Readonly<Record<string, number>>;
}

export interface ZonesNeeded {
  readonly blue: readonly string[];
  readonly green: readonly string[];
}

import type { WayBack } from '#domain/capsule/capsule.ts';
import type { RoutePlace, RouterKind } from '#domain/traffic/route-place.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { WeightsOwner } from '#domain/traffic/weights-owner.ts';
import type { ObjectOwner } from '#domain/workloads/object-owner.ts';
import type { Access, ClusterRef, Identified } from './refs.ts';

/** Where a route's weights live and how the router wants to be asked. */
export type RouteRef<Place extends RoutePlace = RoutePlace> = Place & {
  readonly access: Access;
  /** With which access the DNS zone is reached; absent: as the load balancers are. */
  readonly dns?: Access;
  /** With which access a cluster in front of both colours is reached; absent: as the load balancers are. */
  readonly hub?: Access;
  readonly id: string;
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  /** Blue as resolved: for routes whose weights are written into an object of its API server. */
  readonly blue: ClusterRef & Identified;
};

/** A route as the plan names it, before its names are resolved. */
export type PlannedRouteRef<Kind extends RouterKind = RouterKind> = Extract<
  PlannedRoute,
  { readonly with: Kind }
> &
  Pick<RouteRef, 'access' | 'dns' | 'hub' | 'blue'>;

type PlannedRoute = MigrationPlan['spec']['traffic']['groups'][number]['routes'][number];

export interface RouteDescription<Place extends RoutePlace = RoutePlace> {
  readonly place: Place;
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  readonly loadBalancerArn: string;
  /** `http://host:port` of the listener, for smoke tests; of green's where each colour has a load balancer of its own. */
  readonly frontDoorUrl: string;
  /** Of the load balancer in front of green's pods. */
  readonly securityGroupIds: readonly string[];
  /** Name of the cluster whose controller owns the load balancer, from its tags; null when nobody's controller does. */
  readonly ownedByCluster: string | null;
  /** Who else writes the object that holds the weights (I15); absent or null where nobody is known. */
  readonly owner?: ObjectOwner | null;
  /** Who else writes the weights from files of their own, by tags of the route and its load balancer; absent: no tag tells. */
  readonly weightsOwner?: WeightsOwner;
  /** How long a session sticks to a side once it met it, in seconds; null where every request is drawn anew. */
  readonly stickySeconds: number | null;
  /** Green's share now, in percent; null where green is not on it. */
  readonly greenPercent: number | null;
  /** Router's own note of the route as it is now; see `ResolvedRoute.before`. At most 1 KB. */
  readonly before: string;
}

/**
 * One weighted place. Weights are green's percent; whatever scale the API has stays inside the adapter. Other
 * actions of the rule, their order and its conditions are preserved by every write. Fails `unexpected-shape` when the rule has
 * no plain forward to blue (before) or to blue and green (after `attach`).
 */
export interface TrafficRouter<Place extends RoutePlace = RoutePlace> {
  /** Finds where the weights live and what they look like now. Reads only. */
  describe(
    route: PlannedRouteRef<Place['with']>,
    signal: AbortSignal,
  ): Promise<RouteDescription<Place>>;
  /** Names green on the route at weight 0, sticky as `before` was; no-op when it is there. */
  attach(route: RouteRef<Place>, before: string, signal: AbortSignal): Promise<void>;
  /** Leaves the route byte-identical to `before`; no-op when it is. */
  detach(route: RouteRef<Place>, before: string, signal: AbortSignal): Promise<void>;
  /** Writes green's share, above 0. Not sent at all after `deadlineMs` (epoch): fails `late-write`. */
  setGreenPercent(
    route: RouteRef<Place>,
    percent: number,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * The way back (I1): no new request goes to green any more, in one call. Overwrites whatever somebody else put there, and
   * where sessions stick takes green off the route and stickiness with it, because cookies outlive a weight of 0. Not sent
   * at all after `deadlineMs` (epoch): fails `late-write`.
   */
  sendAllToBlue(route: RouteRef<Place>, deadlineMs: number, signal: AbortSignal): Promise<void>;
  /**
   * The way back without us, for the capsule: calls that bring the route to blue when they are sent literally, whatever
   * somebody made of it meanwhile, twice as well as once, and the reads that prove it. What stands around the weights
   * (logins, conditions, order) is in them as it is now. Reads only.
   */
  wayBack(route: RouteRef<Place>, signal: AbortSignal): Promise<WayBack>;
  /**
   * Green's share as the API says it; null when green is not on the rule. Rounded to 0.1 %; a share that was written reads
   * within 0.1 of it. Fails `write-not-verified` while two places that hold it differ: one of them is about to change.
   */
  readGreenPercent(route: RouteRef<Place>, signal: AbortSignal): Promise<number | null>;
  /**
   * Takes blue off the rule: what remains forwards to green alone. Only after commit; no-op when it is off. Fails
   * `not-idle` while blue has weight.
   */
  removeBlue(route: RouteRef<Place>, signal: AbortSignal): Promise<void>;
}

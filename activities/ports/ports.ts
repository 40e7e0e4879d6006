import type { HelmReleases } from './helm-port.ts';
import type { AskedApi } from '#domain/preflight/asked-apis.ts';
import type { WayBack } from '#domain/capsule/capsule.ts';
import type { KnownWeights } from '#domain/traffic/known-weights.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { ObjectOwner } from '#domain/workloads/object-owner.ts';
import type { RoutePlace, RouterKind } from '#domain/migration/resolved.ts';
import type { WeightsOwner } from '#domain/traffic/weights-owner.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import type { Capsules } from './capsule-ports.ts';
import type { Addons, ClusterAccess, Clusters, Nodegroups } from './cluster-ports.ts';
import type { Alarms, LoadBalancerMetrics, Promql, TrafficMetrics } from './metric-ports.ts';
import type { Provisioner } from './provisioner-port.ts';
import type { TargetGroups } from './target-group-ports.ts';
import type { RoleTrust } from './trust-ports.ts';

export type {
  AddonDescription,
  Addons,
  ClusterAccess,
  ClusterDescription,
  Clusters,
  CreationIdentity,
  Nodegroups,
  PartDescription,
} from './cluster-ports.ts';
export type {
  Alarms,
  AlarmState,
  LoadBalancerMetrics,
  MetricQuery,
  MetricSource,
  Promql,
  TrafficMetrics,
} from './metric-ports.ts';
export type { TargetCounts, TargetGroups, TargetGroupSettings } from './target-group-ports.ts';

/**
 * What activities need of the outside world, in our own words; the only way to it. Adapters implement these with
 * SDKs, the in-memory fakes of the workflow tests implement them too, and one contract suite per port holds both
 * to the same behaviour. Every call takes an AbortSignal, throws `CutoverFailure`s only (an aborted signal's own reason
 * passes), and makes one attempt per write: retrying is Temporal's work, where it can be seen.
 */

/** With which account and role a call is made. */
export interface Access {
  readonly account: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

export interface ClusterRef {
  readonly access: Access;
  readonly name: string;
}

export interface Identified {
  readonly arn: string;
  /** ISO time. */
  readonly createdAt: string;
}

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

/** A temporary way to green for whoever knows a secret header. */
export interface SmokeDoor<Place extends RoutePlace = RoutePlace> {
  /**
   * Opens a rule with the planned rule's conditions and the header, above it, forwarding to green alone. Priorities are
   * renumbered only when no free one is above. Identity: tags and the route; an older door of the same migration
   * and route is replaced. Returns a host name that the planned rule matches, or null where it asks for none; null altogether
   * where the route looks into no request, so that no question could be told from a user's. Fails `unexpected-shape` when
   * the rule leaves no room for the header.
   */
  open(
    route: RouteRef<Place>,
    header: { readonly name: string; readonly value: string },
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly host: string | null } | null>;
  /** Removes every door of the route with these tags and restores renumbered priorities; no-op when there is none. */
  close(
    route: RouteRef<Place>,
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface ObjectKind {
  readonly apiVersion: string;
  readonly plural: string;
}

/** One cluster's Kubernetes API; plain JSON objects, nothing dropped. */
export interface KubernetesCluster {
  /** Null namespace: cluster-scoped or all namespaces. An unknown kind has no objects. Pages are followed. */
  list(
    kind: ObjectKind,
    namespace: string | null,
    signal: AbortSignal,
  ): Promise<readonly KubernetesObject[]>;
  /** Null when it does not exist. */
  get(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<KubernetesObject | null>;
  /** Server-side apply as field manager `cutover`, forced; twice equals once. */
  apply(kind: ObjectKind, object: KubernetesObject, signal: AbortSignal): Promise<void>;
  /** JSON merge patch. Fails `not-found`. */
  merge(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    patch: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** In the background; no-op when it does not exist. */
  delete(
    kind: ObjectKind,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Deprecated APIs that were asked for since the API server started: one of several, each of which counts for itself. Fails
   * `access-denied` where we may not read its metrics, `limit-exceeded` where there are too many of them.
   */
  askedDeprecatedApis(signal: AbortSignal): Promise<readonly AskedApi[]>;
  /** Is the API server ready to serve us? */
  isReady(signal: AbortSignal): Promise<boolean>;
}

/** Connections to API servers; endpoint and credentials are found and kept inside. */
export interface KubernetesClusters {
  /** Fails `identity-changed` when the cluster of that name is not `identity`. */
  connect(
    cluster: ClusterRef,
    identity: Identified,
    signal: AbortSignal,
  ): Promise<KubernetesCluster>;
}

export interface HttpProbe {
  /** One request, redirects not followed. A refused or broken connection answers status 0. */
  get(
    url: string,
    options: { readonly headers: Readonly<Record<string, string>>; readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<{ readonly status: number }>;
}

export type NotifyTarget =
  | { readonly with: 'webhook'; readonly url: string }
  | { readonly with: 'log' };

/** One thing people should know. */
export interface Notice {
  readonly event:
    | 'gate-waiting'
    | 'plan-amended'
    | 'rollback-started'
    | 'rollback-ended'
    | 'halted'
    | 'completed'
    | 'retire-failing'
    | 'undo-failing';
  readonly workflowId: string;
  readonly migrationId: string;
  readonly plan: string;
  readonly text: string;
  /** The exact command that answers it; empty when there is nothing to do. */
  readonly command: string;
}

export interface Notifier {
  /** Fails `unavailable` when the target cannot be told; telling twice is allowed. */
  tell(target: NotifyTarget, notice: Notice, signal: AbortSignal): Promise<void>;
}

/** Authoritative answers of a name's own name servers: what the world's resolvers are told. */
export interface DnsAnswers {
  /**
   * Asks `count` times, evenly over the servers, nothing cached: how many answers led to each colour, and how many to neither.
   * Null where no server can be asked from here (a private zone). Fails `unavailable`.
   */
  sample(
    route: RouteRef<Extract<RoutePlace, { readonly with: 'route53' }>>,
    count: number,
    signal: AbortSignal,
  ): Promise<{ readonly blue: number; readonly green: number; readonly other: number } | null>;
}

/** The run that an activity works for, asked while it goes on. */
export interface Runs {
  /** What it expects of its routes' weights now. Reads only. Fails `unavailable` when nobody answers within seconds. */
  knownWeights(workflowId: string): Promise<KnownWeights>;
}

/** Where the worker itself is, and what lies beside it. */
export interface Surroundings {
  /** Text of the program that probes' pods run. */
  probeProgram(): Promise<string>;
  /** Who signed the token of the pod that it runs in; null where it is in none. */
  tokenIssuer(): Promise<string | null>;
}

/** Real time, so that tests can bend it. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Resolves after `ms`, rejects at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Aborts after `ms`, as `AbortSignal.timeout` does. */
  limit(ms: number): AbortSignal;
  /** Hex text nobody can guess, for smoke headers. */
  secret(): string;
}

/** Everything an activity may touch. */
export interface Ports {
  readonly clusters: Clusters;
  readonly nodegroups: Nodegroups;
  readonly provisioner: Provisioner;
  readonly addons: Addons;
  readonly clusterAccess: ClusterAccess;
  readonly roleTrust: RoleTrust;
  readonly router: TrafficRouter;
  readonly smokeDoor: SmokeDoor;
  readonly dnsAnswers: DnsAnswers;
  readonly capsules: Capsules;
  readonly targetGroups: TargetGroups;
  readonly trafficMetrics: TrafficMetrics;
  readonly loadBalancerMetrics: LoadBalancerMetrics;
  readonly alarms: Alarms;
  readonly promql: Promql;
  readonly kubernetes: KubernetesClusters;
  readonly helm: HelmReleases;
  readonly httpProbe: HttpProbe;
  readonly notifier: Notifier;
  readonly runs: Runs;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
}

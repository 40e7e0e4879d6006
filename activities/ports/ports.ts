import type { Addons } from './addons.ts';
import type { Alarms } from './alarms.ts';
import type { Capsules } from './capsules.ts';
import type { Clock } from './clock.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { Clusters } from './clusters.ts';
import type { DnsAnswers } from './dns-answers.ts';
import type { HelmReleases } from './helm-releases.ts';
import type { HttpProbe } from './http-probe.ts';
import type { KubernetesClusters } from './kubernetes.ts';
import type { LoadBalancerMetrics } from './load-balancer-metrics.ts';
import type { Nodegroups } from './nodegroups.ts';
import type { Notifier } from './notifier.ts';
import type { Promql } from './promql.ts';
import type { Provisioner } from './provisioner.ts';
import type { Quotas } from './quotas.ts';
import type { RoleTrust } from './role-trust.ts';
import type { Runs } from './runs.ts';
import type { SmokeDoor } from './smoke-door.ts';
import type { Surroundings } from './surroundings.ts';
import type { TargetGroups } from './target-groups.ts';
import type { TrafficMetrics } from './traffic-metrics.ts';
import type { TrafficRouter } from './traffic-router.ts';

/**
 * What activities need of the outside world, in our own words; the only way to it. Adapters implement these with
 * SDKs, the in-memory fakes of the workflow tests implement them too, and one contract suite per port holds both
 * to the same behaviour. Every call takes an AbortSignal, throws `CutoverFailure`s only (an aborted signal's own reason
 * passes), and makes one attempt per write: retrying is Temporal's work, where it can be seen.
 */

/** Everything an activity may touch. */
export interface Ports {
  readonly clusters: Clusters;
  readonly nodegroups: Nodegroups;
  readonly provisioner: Provisioner;
  readonly addons: Addons;
  readonly clusterAccess: ClusterAccess;
  readonly quotas: Quotas;
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

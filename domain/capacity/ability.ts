/**
 * Can a side take the load? (I3) Traffic moves, forward or back, only towards a side that is able: otherwise a
 * "rollback" sends users to a broken side, which is how other tools turn one failure into two. What is asked is what an
 * idle side can answer: probes (targets that pass health checks, replicas that are available), never its request metrics.
 */

/**
 * How much more than its measured everyday rate one target is trusted with. Everyday pods run well below their
 * limit (autoscalers aim at 50–70 %), so twice the measured rate is within reach; more would be a hope.
 */
const TRUSTED_RATE_FACTOR = 2;

export interface SideReading {
  readonly side: 'blue' | 'green';
  readonly routeId: string;
  readonly healthyTargets: number;
  /** Healthy targets by availability zone, of those whose zone is known. */
  readonly healthyByZone: Readonly<Record<string, number>>;
  /** Zones that get a share of their own and nothing from elsewhere; empty where requests cross zones. */
  readonly zonesNeeded: readonly string[];
  /** Healthy blue targets when the migration began. */
  readonly baselineTargets: number;
  /** Percent of the load that would arrive at this side. */
  readonly percent: number;
  /** The load now, as a multiple of the one that the baseline bore; 1 where nothing else is known. */
  readonly loadGrowth: number;
}

/** A workload behind the targets: users meet it although no load balancer probes it. */
export interface WorkloadReading {
  readonly side: 'blue' | 'green';
  /** `namespace/name`. */
  readonly name: string;
  readonly availableReplicas: number;
  /** Replicas when the migration began. */
  readonly baselineReplicas: number;
  readonly percent: number;
  readonly loadGrowth: number;
}

export interface Ability {
  readonly able: boolean;
  /** Why not, each with what is there and what is needed; empty when able. */
  readonly reasons: readonly string[];
}

/** Judges every route and workload the side must carry: it is able only if it is on all of them, and never unread (I4). */
export function judgeAbility(
  readings: readonly SideReading[],
  workloads: readonly WorkloadReading[] = [],
): Ability {
  if (readings.length === 0) return { able: false, reasons: ['no route was read'] };
  const reasons = [
    ...readings.flatMap((reading) => [...lackingTargets(reading), ...lackingZones(reading)]),
    ...workloads.flatMap(lackingReplicas),
  ];
  return { able: reasons.length === 0, reasons };
}

/** Targets that `percent` of the load needs; at least one as soon as there is any load. */
export function targetsNeeded({
  baselineTargets,
  percent,
  loadGrowth = 1,
}: {
  readonly baselineTargets: number;
  readonly percent: number;
  readonly loadGrowth?: number;
}): number {
  if (percent <= 0) return 0;
  const load = (baselineTargets * loadGrowth * percent) / 100;
  return Math.max(1, Math.ceil(load / TRUSTED_RATE_FACTOR));
}

function lackingTargets(reading: SideReading): readonly string[] {
  const { side, routeId, healthyTargets, percent } = reading;
  const needed = targetsNeeded(reading);
  return healthyTargets >= needed
    ? []
    : [
        `${side} has ${healthyTargets} healthy targets on route ${routeId}, ` +
          `${percent} % of the load needs ${needed}`,
      ];
}

/** Users are spread over a load balancer's zones evenly, and where requests do not cross zones each zone must do with its own. */
function lackingZones(reading: SideReading): readonly string[] {
  const { side, routeId, percent, zonesNeeded, healthyByZone } = reading;
  if (percent <= 0) return [];
  const needed = Math.max(1, Math.ceil(targetsNeeded(reading) / Math.max(1, zonesNeeded.length)));
  return zonesNeeded.flatMap((zone) => {
    const healthy = healthyByZone[zone] ?? 0;
    return healthy >= needed
      ? []
      : [
          `${side} has ${healthy} healthy targets in zone ${zone} on route ${routeId}, whose requests do not ` +
            `cross zones: ${percent} % of the load needs ${needed} there`,
        ];
  });
}

function lackingReplicas(reading: WorkloadReading): readonly string[] {
  const { side, name, availableReplicas, baselineReplicas, percent, loadGrowth } = reading;
  const needed = targetsNeeded({ baselineTargets: baselineReplicas, percent, loadGrowth });
  return baselineReplicas <= 0 || availableReplicas >= needed
    ? []
    : [
        `${side} has ${availableReplicas} available replicas of ${name}, ` +
          `${percent} % of the load needs ${needed}`,
      ];
}

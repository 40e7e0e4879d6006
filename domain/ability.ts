/**
 * Can a side take the load? (I3) Traffic moves, forward or back, only towards a side that is able: otherwise a
 * "rollback" sends users to a broken side, which is how other tools turn one failure into two.
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
  /** Healthy blue targets when the migration began. */
  readonly baselineTargets: number;
  /** Percent of the load that would arrive at this side. */
  readonly percent: number;
}

export interface Ability {
  readonly able: boolean;
  /** Why not; empty when able. */
  readonly reasons: readonly string[];
}

/** Judges every route the side must carry: it is able only if it is on all of them, and never unread (I4). */
export function judgeAbility(readings: readonly SideReading[]): Ability {
  if (readings.length === 0) return { able: false, reasons: ['no route was read'] };
  const reasons = readings.flatMap((reading) => {
    const needed = targetsNeeded(reading);
    return reading.healthyTargets >= needed
      ? []
      : [
          `${reading.side} has ${reading.healthyTargets} healthy targets on route ${reading.routeId}, ` +
            `${reading.percent} % of the load needs ${needed}`,
        ];
  });
  return { able: reasons.length === 0, reasons };
}

/** Targets that `percent` of the baseline load needs; at least one as soon as there is any load. */
export function targetsNeeded(reading: Pick<SideReading, 'baselineTargets' | 'percent'>): number {
  if (reading.percent <= 0) return 0;
  return Math.max(
    1,
    Math.ceil((reading.baselineTargets * reading.percent) / 100 / TRUSTED_RATE_FACTOR),
  );
}

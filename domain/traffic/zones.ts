/**
 * Which availability zones need targets of their own (I2). A load balancer whose requests cross zones asks any target; one
 * whose do not answers 503 in a zone without a target, however many there are elsewhere. ELBv2 attribute
 * `load_balancing.cross_zone.enabled` of the target group, or of its load balancer where the group leaves it to that.
 */
export interface ZoneFacts {
  /** Do requests reach targets in other zones than the node's that took them? */
  readonly crossesZones: boolean;
  /** Zones in which the load balancer has nodes. */
  readonly zones: readonly string[];
}

/**
 * The zones a side must serve: those where blue does. Where blue has no target users get no answer today (the zone's
 * address is taken out of DNS), so neither side can be asked for one.
 */
export function zonesNeeded(
  { crossesZones, zones }: ZoneFacts,
  blueHealthyByZone: Readonly<Record<string, number>>,
): readonly string[] {
  return crossesZones ? [] : zones.filter((zone) => (blueHealthyByZone[zone] ?? 0) > 0);
}

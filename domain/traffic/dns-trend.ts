/**
 * The second half of the truth by DNS (I2). Name servers answering by the weights is what we control and can prove; users follow
 * as resolvers and clients forget the old answer, some within the TTL, some never. So their requests are held to a trend, never
 * to an interval: green's share must have come nearer to what the answers say, or be near it already. Pure.
 */

/** Within this many percentage points of the weight, or a quarter of it, is near. */
const NEAR_POINTS = 3;
const NEAR_SHARE = 0.25;

export interface TrendQuestion {
  /** Green's share of requests before the weights changed, in percent. */
  readonly fromPercent: number;
  /** What the name servers answer now, in percent of green. */
  readonly percent: number;
  /** Green's share of requests in the newest closed periods, in percent. */
  readonly nowPercent: number;
}

export function followsTrend({ fromPercent, percent, nowPercent }: TrendQuestion): boolean {
  const near = Math.max(NEAR_POINTS, percent * NEAR_SHARE);
  if (Math.abs(nowPercent - percent) <= near) return true;
  return Math.abs(nowPercent - percent) < Math.abs(fromPercent - percent);
}

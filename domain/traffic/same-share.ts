/** Reads within this many percentage points of each other are one share: routers round to 0.1, their scales as much again. */
const SAME_SHARE_POINTS = 0.15;

/**
 * Is this the share that was meant, in percent of green? Nothing and everything must be exact, because a little of something is
 * still users; null, green not on the route at all, is as good as a weight of 0, and less than anything else.
 */
export function isShare(read: number | null, meant: number): boolean {
  if (read === null) return meant <= 0;
  return meant <= 0 || meant >= 100 ? read === meant : Math.abs(read - meant) < SAME_SHARE_POINTS;
}

import { lowerTail, upperTail } from './binomial.ts';
import type { ShareVerdict } from './traffic-truth.ts';

/**
 * The truth test where sessions stick to the side they met (I2): old sessions keep the share of the step before, new ones
 * are drawn by the new weight, so the share drifts from one to the other and no interval around the weight would hold. What
 * can be asked of one look is a trend: clearly more than before, and not more than the weight allows.
 */

/** One tail of the truth test's 99.99 %. */
const FALSE_ALARM_PROBABILITY = 0.00005;
/** A drift is a drift when luck alone would show so much of it once in a hundred looks; nothing is decided by it but going on. */
const DRIFT_PROBABILITY = 0.01;

/** `drifting`: the look is not over, more sessions must begin anew. */
export type StickyVerdict = ShareVerdict & { readonly drifting: boolean };

/** Does `green` of `requests` fit a share on its way from `fromPercent` to `percent`, `fromPercent` < `percent`? */
export function judgeStickyShare(
  green: number,
  requests: number,
  { fromPercent, percent }: { readonly fromPercent: number; readonly percent: number },
): StickyVerdict {
  const observedPercent = requests === 0 ? 0 : (100 * green) / requests;
  if (requests === 0) return { fits: false, drifting: true, observedPercent };
  const tooMany = upperTail(green, requests, percent / 100) <= FALSE_ALARM_PROBABILITY;
  const tooFew = lowerTail(green, requests, fromPercent / 100) <= FALSE_ALARM_PROBABILITY;
  const fits = !tooMany && !tooFew;
  const hasMoved =
    fromPercent <= 0
      ? green > 0
      : upperTail(green, requests, fromPercent / 100) < DRIFT_PROBABILITY;
  return { fits, drifting: fits && !hasMoved, observedPercent };
}

import { lowerTail, upperTail } from './binomial.ts';

/**
 * The truth test of a load balancer without stickiness (I2): do users' requests follow the weight that was
 * written? One look, at a sample large enough that green would have been met had its weight been real, judged by
 * the 99.99 % interval. Looking again and again until it fits would make the test worthless.
 */

/** Both tails together; 99.99 % of honest weights pass. */
const FALSE_ALARM_PROBABILITY = 0.0001;
/**
 * Luck may hide the smaller side from the whole sample this often, and no oftener. It is one tail of the judgement, so
 * that a sample without a single request of that side fails: with the weaker 0.001 (688 requests at 1 %) a green that
 * nobody ever met would still fit.
 */
const MISS_PROBABILITY = FALSE_ALARM_PROBABILITY / 2;

/** Requests needed before the look at a green share of `percent` (1 % → 986). At 0 and 100: 986, as at 1 %. */
export function requestsNeeded(percent: number): number {
  const share = Math.min(percent, 100 - percent);
  const p = share <= 0 ? 0.01 : share / 100;
  return Math.ceil(Math.log(MISS_PROBABILITY) / Math.log(1 - p));
}

export interface ShareVerdict {
  readonly fits: boolean;
  readonly observedPercent: number;
}

/** Does `green` of `requests` fit a weight of `percent`? At 0 and 100 not one request may be on the other side. */
export function judgeShare(green: number, requests: number, percent: number): ShareVerdict {
  const observedPercent = requests === 0 ? 0 : (100 * green) / requests;
  if (requests === 0) return { fits: false, observedPercent };
  if (percent <= 0) return { fits: green === 0, observedPercent };
  if (percent >= 100) return { fits: green === requests, observedPercent };
  const p = percent / 100;
  const tail = FALSE_ALARM_PROBABILITY / 2;
  const fits = upperTail(green, requests, p) > tail && lowerTail(green, requests, p) > tail;
  return { fits, observedPercent };
}

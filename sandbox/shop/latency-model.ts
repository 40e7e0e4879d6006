/**
 * How long the shop takes to answer: lognormal, as request latencies of real services roughly are. Half of all answers
 * come within the median, one in a hundred takes about 2.5 times as long. Waiting costs a timer and no CPU.
 */
import type { Random } from '#sandbox/data-plane/seeded-random.ts';

export interface LatencyModel {
  /** Half of all answers are faster. */
  readonly medianMs: number;
  /** Standard deviation of the logarithm; 0 makes every answer take the median. */
  readonly sigma: number;
}

export const SHOP_LATENCY: LatencyModel = { medianMs: 8, sigma: 0.4 };

/** One answer's latency in milliseconds. */
export function drawLatencyMs(model: LatencyModel, random: Random): number {
  // Box–Muller; 1 - u keeps the logarithm's argument above 0.
  const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return model.medianMs * Math.exp(model.sigma * gauss);
}

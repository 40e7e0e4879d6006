/**
 * Percent ↔ the 0–255 weights of Route 53; the scale exists in this file only. Records are drawn in proportion to their weights,
 * whatever these add up to, so a whole percentage is written exactly. Invariants: never 0/0, which Route 53 takes for an equal
 * split; a share that is neither 0 nor 100 never becomes one. Source: "Values specific for weighted records" (0 to 255).
 */
import type { ColourWeights } from './alb-weights.ts';

const MOST = 255;

/** @param greenPercent 0–100; whole percentages exactly, others as near as two numbers up to 255 come */
export function dnsWeightsFor(greenPercent: number): ColourWeights {
  if (Number.isInteger(greenPercent)) return { blue: 100 - greenPercent, green: greenPercent };
  let best: ColourWeights = { blue: 1, green: 1 };
  for (let green = 1; green <= MOST; green += 1) {
    const blue = Math.round((green * (100 - greenPercent)) / greenPercent);
    if (blue < 1 || blue > MOST) continue;
    const candidate = { blue, green };
    if (error(candidate, greenPercent) < error(best, greenPercent)) best = candidate;
  }
  return best;
}

/** Green's share in percent, rounded to 0.1; null where nothing has weight. */
export function dnsPercentOf({ blue, green }: ColourWeights): number | null {
  if (blue + green === 0) return null;
  return Math.round((1000 * green) / (blue + green)) / 10;
}

function error({ blue, green }: ColourWeights, greenPercent: number): number {
  return Math.abs((100 * green) / (blue + green) - greenPercent);
}

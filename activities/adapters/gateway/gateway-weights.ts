/**
 * Percent ↔ the weights of backendRefs. Whole percentages are written as such, for the people who read the HTTPRoute; others in
 * tenths. Invariants: never 0/0, and a share that is neither 0 nor 100 never becomes one by rounding. Sources: Gateway API,
 * `BackendRef.weight` (0 to 1,000,000); the AWS Load Balancer Controller takes 999 at most, so no more is written.
 */
export interface ColourWeights {
  readonly blue: number;
  readonly green: number;
}

const TENTHS = 1000;

/** @param greenPercent 0–100; what is written is within 0.05 % of it */
export function gatewayWeightsFor(greenPercent: number): ColourWeights {
  if (Number.isInteger(greenPercent)) return { blue: 100 - greenPercent, green: greenPercent };
  const tenths = Math.round((greenPercent * TENTHS) / 100);
  const green = Math.min(Math.max(tenths, 1), TENTHS - 1);
  return { blue: TENTHS - green, green };
}

/** Green's share in percent, rounded to 0.1; NaN where nothing has weight. */
export function gatewayPercentOf({ blue, green }: ColourWeights): number {
  return Math.round((1000 * green) / (blue + green)) / 10;
}

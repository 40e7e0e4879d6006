/**
 * Percent ↔ the 0–999 weights of ELBv2; the scale exists in this file only. Invariants: never 0/0, and a share that is
 * neither 0 nor 100 never becomes one by rounding. Source: ELBv2 API reference, TargetGroupTuple ("The range is 0 to 999").
 */
const SCALE = 999;

export interface ColourWeights {
  readonly blue: number;
  readonly green: number;
}

/** @param greenPercent 0–100; the nearest of 1000 steps is taken, so the share written is within 0.05 % of it */
export function weightsFor(greenPercent: number): ColourWeights {
  const rounded = Math.round((greenPercent * SCALE) / 100);
  const least = greenPercent > 0 ? 1 : 0;
  const most = greenPercent < 100 ? SCALE - 1 : SCALE;
  const green = Math.min(Math.max(rounded, least), most);
  return { blue: SCALE - green, green };
}

/**
 * Green's share in percent, rounded to 0.1. Of percentages that become the same weights the whole one is meant: 50 % is
 * written as 500 of 999, and reads as 50, not 50.1.
 */
export function greenPercentOf({ blue, green }: ColourWeights): number {
  const percent = (100 * green) / (blue + green);
  const whole = Math.round(percent);
  const wanted = weightsFor(whole);
  if (wanted.blue === blue && wanted.green === green) return whole;
  return Math.round(percent * 10) / 10;
}

/**
 * Holm's step-down method: many comparisons at once, and still at most `alpha` for any false alarm among them, however they
 * hang together. The smallest p-value is tested at alpha / k, the next at alpha / (k − 1), …, until one fails its test.
 */
export interface Level {
  /** The level this comparison is tested at, and its interval's error. */
  readonly alpha: number;
  /** May it be called different at all? False once a smaller p-value has failed. */
  readonly isSignificant: boolean;
}

/** In the order of `pValues`. `alpha`: the chance of any false alarm, 0–1. */
export function holmLevels(pValues: readonly number[], alpha: number): readonly Level[] {
  const order = pValues.map((_, index) => index).sort((a, b) => at(pValues, a) - at(pValues, b));
  const levels: Level[] = pValues.map(() => ({ alpha, isSignificant: false }));
  let isSignificant = true;
  for (const [rank, index] of order.entries()) {
    const own = alpha / (pValues.length - rank);
    isSignificant = isSignificant && at(pValues, index) <= own;
    levels[index] = { alpha: own, isSignificant };
  }
  return levels;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 1;
}

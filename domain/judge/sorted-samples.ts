/** Samples in ascending order, without NaN: what the rank statistics work on. */
export type SortedSamples = Float64Array;

export function sortSamples(samples: readonly number[]): SortedSamples {
  return Float64Array.from(samples).sort();
}

/** Σ(t³ − t) over groups of t equal values: how much ties take from the variance of ranks. */
export function tieTerm(sorted: SortedSamples): number {
  let sum = 0;
  let start = 0;
  for (let i = 1; i <= sorted.length; i += 1) {
    if (i < sorted.length && sorted[i] === sorted[start]) continue;
    const equal = i - start;
    sum += equal ** 3 - equal;
    start = i;
  }
  return sum;
}

/**
 * Standard deviation of U when both sides are alike. `ties` is the tie term of all samples together; 0 when everything is
 * one tie.
 */
export function deviationOfU(m: number, n: number, ties: number): number {
  const all = m + n;
  return Math.sqrt(Math.max(0, ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)))));
}

/**
 * The exact distribution of U for samples without ties: the coefficients of a Gaussian binomial, multiplied up factor by
 * factor. With one side small this takes (small side) × m·n steps, also where the other side has thousands.
 */

/** P(U ≥ u) for sides of `m` and `n` without ties; `u` at least m·n/2, at most m·n. */
export function exactUpperTail(u: number, m: number, n: number): number {
  const [few, many] = m < n ? [m, n] : [n, m];
  // U is symmetric about m·n/2: its shorter, lower tail is counted.
  const most = m * n - u;
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  let all = 1;
  for (let i = 1; i <= few; i += 1) {
    for (let k = i; k <= most; k += 1) add(ways, k, at(ways, k - i));
    for (let k = most; k >= many + i; k -= 1) add(ways, k, -at(ways, k - many - i));
    all *= (many + i) / i;
  }
  return ways.reduce((sum, count) => sum + count, 0) / all;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

function add(values: Float64Array, index: number, value: number): void {
  values[index] = at(values, index) + value;
}

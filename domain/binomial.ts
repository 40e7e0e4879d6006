/**
 * Exact binomial tails, for the truth test and for guardrails on shares: both ask "could luck alone have done
 * this?". Sums of log-space terms; exact to floating point for any n that a window of requests can hold.
 */

/** P(X ≥ k) for X ~ Binomial(n, p). `n` and `k` are counts, `p` a share 0–1. */
export function upperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  // The shorter, monotonically falling side is summed, so that the loop ends as soon as terms stop mattering.
  return k > n * p ? sumFalling(k, n, p) : 1 - sumFalling(n - k + 1, n, 1 - p);
}

/** P(X ≤ k) for X ~ Binomial(n, p). */
export function lowerTail(k: number, n: number, p: number): number {
  return upperTail(n - k, n, 1 - p);
}

function sumFalling(from: number, n: number, p: number): number {
  const odds = p / (1 - p);
  let term = Math.exp(logChoose(n, from) + from * Math.log(p) + (n - from) * Math.log1p(-p));
  let sum = term;
  for (let k = from; k < n; k += 1) {
    term *= ((n - k) / (k + 1)) * odds;
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series from 16 on (error below 1e-15), the plain sum before. */
function logFactorial(n: number): number {
  if (n < 16) {
    let sum = 0;
    for (let i = 2; i <= n; i += 1) sum += Math.log(i);
    return sum;
  }
  const x = n + 1;
  return (
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * x) -
    1 / (360 * x ** 3) +
    1 / (1260 * x ** 5) -
    1 / (1680 * x ** 7)
  );
}

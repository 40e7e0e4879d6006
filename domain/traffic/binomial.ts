/**
 * Exact binomial tails, for the truth test and for guardrails on shares: both ask "could luck alone have done
 * this?". Sums of terms that start from the saddle-point form of the binomial (C. Loader, "Fast and accurate computation
 * of binomial probabilities", 2000), which keeps 11 digits for any n that a window of requests can hold: logarithms of
 * whole factorials lose them from a million on.
 */

/** P(X ≥ k) for X ~ Binomial(n, p). `n` and `k` are counts, `p` a share 0–1. */
export function upperTail(k: number, n: number, p: number): number {
  return tail(k, n, p, 1 - p);
}

/** P(X ≤ k) for X ~ Binomial(n, p). */
export function lowerTail(k: number, n: number, p: number): number {
  return tail(n - k, n, 1 - p, p);
}

/** `q` is 1 − p, given because it cannot be computed from a `p` near 1. */
function tail(k: number, n: number, p: number, q: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (q <= 0) return 1;
  // The shorter, monotonically falling side is summed, so that the loop ends as soon as terms stop mattering.
  return k > n * p ? sumFalling(k, n, p, q) : 1 - sumFalling(n - k + 1, n, q, p);
}

function sumFalling(from: number, n: number, p: number, q: number): number {
  const odds = p / q;
  let term = Math.exp(logPoint(from, n, p, q));
  let sum = term;
  for (let k = from; k < n; k += 1) {
    term *= ((n - k) / (k + 1)) * odds;
    sum += term;
    if (term <= sum * 1e-17) break;
  }
  return Math.min(1, sum);
}

/** log P(X = k). */
function logPoint(k: number, n: number, p: number, q: number): number {
  if (k === n) return n * Math.log(p);
  if (k === 0) return n * Math.log(q);
  const correction = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const distance = deviance(k, n * p) + deviance(n - k, n * q);
  return correction - distance + 0.5 * Math.log(n / (2 * Math.PI * k * (n - k)));
}

/** x·log(x/mean) + mean − x, by its series where the two are so close that the sum would cancel. */
function deviance(x: number, mean: number): number {
  const v = (x - mean) / (x + mean);
  if (Math.abs(v) >= 0.1) return x * Math.log(x / mean) + mean - x;
  let sum = (x - mean) * v;
  let power = 2 * x * v;
  for (let i = 1; i < 100; i += 1) {
    power *= v * v;
    const next = sum + power / (2 * i + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** log n! less Stirling's formula: its series from 16 on (error below 1e-13), the plain sum before. */
function stirlingError(n: number): number {
  if (n >= 16) return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / n ** 2) / n ** 2) / n ** 2) / n;
  let logFactorial = 0;
  for (let i = 2; i <= n; i += 1) logFactorial += Math.log(i);
  return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
}

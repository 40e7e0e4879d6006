/**
 * The standard normal distribution, to 13 digits: tails for p-values, and the quantile that an interval starts from.
 * Marsaglia's series near the middle (all terms positive, so nothing cancels), Laplace's continued fraction further out.
 */

/** Beyond this the continued fraction is quick; below it the series is. */
const FAR = 3;
/** At `FAR` the fraction has all its digits long before this depth. */
const FRACTION_DEPTH = 160;

/** P(Z ≥ z). */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  if (z >= FAR) return density(z) / continuedFraction(z);
  return 0.5 - density(z) * series(z);
}

/** The z with P(Z ≥ z) = `tail`; `tail` above 0, at most 0.5. */
export function normalUpperQuantile(tail: number): number {
  let low = 0;
  let high = 40; // P(Z ≥ 40) is below the smallest double
  for (let i = 0; i < 64; i += 1) {
    const middle = (low + high) / 2;
    if (normalUpperTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** z + z³/3 + z⁵/(3·5) + … */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let i = 3; term > sum * 1e-17; i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))) */
function continuedFraction(z: number): number {
  let value = z;
  for (let i = FRACTION_DEPTH; i >= 1; i -= 1) value = z + i / value;
  return value;
}

/** Series for the judge's tests; equal seeds give equal series. */
import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';

/** Roughly normal samples: the sum of twelve uniform draws. */
export function noisy(
  seed: number,
  size: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): readonly number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: size }, () => {
    const draws = Array.from({ length: 12 }, () => random.next());
    return mean + deviation * (draws.reduce((sum, draw) => sum + draw, 0) - 6);
  });
}

/**
 * A bag of measured values in small space: count, sum, extremes, and the values with their counts, so that percentiles are
 * those of all values and not of averages. Values are kept to three significant digits. A statistic set (only count, sum,
 * extremes) has no values unless all were equal, and then no percentiles, as in CloudWatch (docs:
 * AmazonCloudWatch/latest/monitoring/Statistics-definitions.html). Immutable.
 */

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Value and count, alternating, in no order; undefined where the values are not known. */
  readonly weights: Float64Array | undefined;
}

/** @param pairs each value with how often it came. */
export function distributionOf(
  pairs: Iterable<readonly [value: number, count: number]>,
): Distribution {
  const weights = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const [value, times] of pairs) {
    count += times;
    sum += value * times;
    min = Math.min(min, value);
    max = Math.max(max, value);
    const kept = Number(value.toPrecision(3));
    weights.set(kept, (weights.get(kept) ?? 0) + times);
  }
  return { count, sum, min, max, weights: flat(weights) };
}

/** What a statistic set tells. */
export function statisticSet(set: Omit<Distribution, 'weights'>): Distribution {
  const known = set.count === 1 || set.min === set.max;
  return { ...set, weights: known ? Float64Array.of(set.min, set.count) : undefined };
}

/** All of them together; undefined of nothing. */
export function merged(parts: readonly Distribution[]): Distribution | undefined {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first;
  const weights = new Map<number, number>();
  let known = true;
  for (const part of parts) {
    if (part.weights === undefined) known = false;
    for (const [value, count] of pairsOf(part))
      weights.set(value, (weights.get(value) ?? 0) + count);
  }
  return {
    count: parts.reduce((total, part) => total + part.count, 0),
    sum: parts.reduce((total, part) => total + part.sum, 0),
    min: Math.min(...parts.map((part) => part.min)),
    max: Math.max(...parts.map((part) => part.max)),
    weights: known ? flat(weights) : undefined,
  };
}

/** The value below or at which `share` (0–1) of all values lie, by nearest rank; undefined where values are not known. */
export function percentile(distribution: Distribution, share: number): number | undefined {
  if (distribution.weights === undefined) return undefined;
  const pairs = [...pairsOf(distribution)].sort(([a], [b]) => a - b);
  const rank = Math.max(1, Math.ceil(distribution.count * share));
  let seen = 0;
  for (const [value, count] of pairs) {
    seen += count;
    if (seen >= rank) return value;
  }
  return distribution.max;
}

function* pairsOf({ weights }: Distribution): Generator<readonly [number, number]> {
  for (let index = 0; index + 1 < (weights?.length ?? 0); index += 2) {
    yield [weights?.[index] ?? 0, weights?.[index + 1] ?? 0];
  }
}

function flat(weights: ReadonlyMap<number, number>): Float64Array {
  return Float64Array.from([...weights].flat());
}

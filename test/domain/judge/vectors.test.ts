import { readFileSync } from 'node:fs';
import { mannWhitney } from '#domain/judge/mann-whitney.ts';
import { shiftOf } from '#domain/judge/shift.ts';
import { sortSamples } from '#domain/judge/sorted-samples.ts';

/** Pairs of series with what scipy, numpy and a root finder say of them; written by `vectors/make-vectors.py`. */
interface Vector {
  readonly control: readonly number[];
  readonly experiment: readonly number[];
  readonly confidence: number;
  readonly pValue: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

describe('the statistics of the judge agree with an independent implementation', () => {
  const known = vectors();

  it('on at least 500 random pairs, with ties, short and constant series among them', () => {
    const sides = known.flatMap(({ control, experiment }) => [control, experiment]);

    expect(known.length).toBeGreaterThanOrEqual(500);
    expect(sides.filter((side) => new Set(side).size < side.length).length).toBeGreaterThan(100);
    expect(sides.filter((side) => side.length <= 3).length).toBeGreaterThan(50);
    expect(
      sides.filter((side) => side.length > 1 && new Set(side).size === 1).length,
    ).toBeGreaterThan(50);
  });

  it.each([
    ['p-value', 1e-6],
    ['Hodges-Lehmann estimate', 1e-6],
    ['interval', 1e-3],
  ] as const)('%s to %d', (figure, tolerance) => {
    const apart = known.filter((vector) => distances(vector)[figure] > tolerance);

    expect(apart).toEqual([]);
  });
});

function distances(
  vector: Vector,
): Readonly<Record<'p-value' | 'Hodges-Lehmann estimate' | 'interval', number>> {
  const [experiment, control] = [sortSamples(vector.experiment), sortSamples(vector.control)];
  const { pValue } = mannWhitney(experiment, control);
  const { estimate, low, high } = shiftOf(experiment, control, vector.confidence);
  return {
    'p-value': Math.abs(pValue - vector.pValue),
    'Hodges-Lehmann estimate': Math.abs(estimate - vector.estimate),
    interval: Math.max(Math.abs(low - vector.low), Math.abs(high - vector.high)),
  };
}

function vectors(): readonly Vector[] {
  const file = new URL('vectors/vectors.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const row: unknown = JSON.parse(line);
    const [control, experiment, ...figures]: unknown[] = Array.isArray(row) ? row : [];
    const [confidence, pValue, estimate, low, high] = numbers(figures);
    if (high === undefined) throw new TypeError(`no vector: ${line}`);
    return {
      control: numbers(control),
      experiment: numbers(experiment),
      confidence: confidence ?? 0,
      pValue: pValue ?? 0,
      estimate: estimate ?? 0,
      low: low ?? 0,
      high,
    };
  });
}

function numbers(value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new TypeError('a vector is not made of numbers');
  return value.map((item: unknown) => {
    if (typeof item === 'number') return item;
    throw new TypeError('a vector is not made of numbers');
  });
}

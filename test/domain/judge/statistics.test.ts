import * as fc from 'fast-check';
import { mannWhitney } from '#domain/judge/mann-whitney.ts';
import { nthDifference } from '#domain/judge/pairwise-differences.ts';
import { normalUpperQuantile, normalUpperTail } from '#domain/judge/normal.ts';
import { shiftInterval, shiftOf } from '#domain/judge/shift.ts';
import { sortSamples } from '#domain/judge/sorted-samples.ts';

const sample = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(5e-324, -5e-324, 1e-300, 0, -0),
);
const side = fc.array(sample, { minLength: 1, maxLength: 30 });

describe('order statistics of pairwise differences', () => {
  it('are those of the sorted list of all differences, whatever the series', () => {
    fc.assert(
      fc.property(side, side, fc.nat(), (experiment, control, anyRank) => {
        const all = experiment.flatMap((x) => control.map((y) => x - y)).sort((a, b) => a - b);
        const rank = 1 + (anyRank % all.length);

        const found = nthDifference(sortSamples(experiment), sortSamples(control), rank);

        expect(found === all[rank - 1]).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('of 5,000 samples a side are found without building 25 million differences', () => {
    const control = sortSamples(Array.from({ length: 5_000 }, (_, i) => Math.sqrt(i)));
    const experiment = control.map((value) => value + 1);

    expect(shiftOf(experiment, control, 0.98).estimate).toBeCloseTo(1, 9);
  });
});

describe('the Mann-Whitney test', () => {
  it('of small sides counts every way in which they could have been drawn', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 2, maxLength: 11 }),
        fc.nat(),
        (values, anySize) => {
          const size = 1 + (anySize % (values.length - 1));
          const [experiment, control] = [values.slice(0, size), values.slice(size)];

          const { u, pValue } = mannWhitney(sortSamples(experiment), sortSamples(control));

          expect(pValue).toBeCloseTo(countedPValue(values, size, u), 12);
        },
      ),
    );
  });

  it('does not care which side is called the experiment', () => {
    fc.assert(
      fc.property(side, side, (one, other) => {
        const [a, b] = [sortSamples(one), sortSamples(other)];
        const [there, back] = [mannWhitney(a, b), mannWhitney(b, a)];

        expect(there.u + back.u).toBe(a.length * b.length);
        expect(there.pValue).toBeCloseTo(back.pValue, 12);
        expect(there.pValue).toBeGreaterThan(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('finds nothing where everything is the same value', () => {
    const same = sortSamples([3, 3, 3, 3]);

    expect(mannWhitney(same, same).pValue).toBe(1);
  });
});

describe('the confidence interval', () => {
  it('holds the estimate, and more the surer it must be', () => {
    fc.assert(
      fc.property(side, side, (one, other) => {
        const [a, b] = [sortSamples(one), sortSamples(other)];
        const narrow = shiftOf(a, b, 0.8);
        const wide = shiftInterval(a, b, 0.99);

        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(narrow.low).toBeLessThanOrEqual(narrow.estimate);
        expect(narrow.estimate).toBeLessThanOrEqual(narrow.high);
        expect(narrow.high).toBeLessThanOrEqual(wide.high);
      }),
    );
  });

  it.each([
    // Kayenta's figures for these, from spinnaker/spinnaker issue 6278: 6.8e-5 to 99, root finder included.
    [7, { low: 0, high: 99 }],
    [8, { low: 99, high: 99 }],
  ])('of %d hundreds among ones is the one that Kayenta finds', (hundreds, interval) => {
    const experiment = Array.from({ length: 10 }, (_, i) => (i < hundreds ? 100 : 1));
    const control = Array.from({ length: 10 }, () => 1);

    expect(shiftInterval(sortSamples(experiment), sortSamples(control), 0.98)).toEqual(interval);
  });

  it('between two constant series is their distance, without any noise added', () => {
    const [sevens, fives] = [sortSamples([7, 7, 7]), sortSamples([5, 5])];

    expect(shiftOf(sevens, fives, 0.98)).toEqual({ estimate: 2, low: 2, high: 2 });
  });
});

describe('the normal distribution', () => {
  it.each([
    // Tables of 15 digits (Abramowitz & Stegun 26.2).
    [0, 0.5],
    [1, 0.158655253931457],
    [1.959963984540054, 0.025],
    [2.999, 0.0013543365337],
    [3, 0.00134989803163],
    [6, 9.8658764503769e-10],
    [-1, 0.841344746068543],
  ])('beyond %d lies %d', (z, tail) => {
    expect(Math.abs(normalUpperTail(z) / tail - 1)).toBeLessThan(1e-10);
  });

  it.each([
    [0.5, 0],
    [0.025, 1.959963984540054],
    [0.01, 2.326347874040841],
    [1e-9, 5.997807015007687],
  ])('has %d beyond %d', (tail, z) => {
    expect(normalUpperQuantile(tail)).toBeCloseTo(z, 9);
  });
});

/** By definition: over all ways to draw the experiment, how often is U at least as far from its middle? */
function countedPValue(values: readonly number[], size: number, u: number): number {
  const pairs = size * (values.length - size);
  const larger = Math.max(u, pairs - u);
  let [ways, asFar] = [0, 0];
  for (let drawn = 0; drawn < 2 ** values.length; drawn += 1) {
    const isDrawn = (_: unknown, index: number): boolean => (drawn & (1 << index)) !== 0;
    const experiment = values.filter(isDrawn);
    if (experiment.length !== size) continue;
    const control = values.filter((_, index) => !isDrawn(_, index));
    const above = experiment.flatMap((x) => control.filter((y) => x > y)).length;
    ways += 1;
    if (above >= larger) asFar += 1;
  }
  return Math.min(1, (2 * asFar) / ways);
}

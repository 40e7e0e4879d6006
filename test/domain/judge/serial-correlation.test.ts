import * as fc from 'fast-check';
import { inflatedPValue, varianceInflation } from '#domain/judge/serial-correlation.ts';
import { noisy } from './series.ts';

const USUAL = { mean: 100, deviation: 10 };

describe('the variance between two sides', () => {
  it('of independent samples is hardly more than is reckoned with', () => {
    const inflation = varianceInflation({
      experiment: noisy(1, 200, USUAL),
      control: noisy(2, 200, USUAL),
      time: 'apart',
    });

    expect(inflation).toBeGreaterThanOrEqual(1);
    expect(inflation).toBeLessThan(1.5);
  });

  it('of samples that stay for a while is that of the fewer there really are', () => {
    const [experiment, control] = [held(noisy(1, 25, USUAL), 8), held(noisy(2, 25, USUAL), 8)];

    // Eight equal neighbours are one sample: at most 8, less what the weights of far lags leave out.
    const inflation = varianceInflation({ experiment, control, time: 'apart' });

    expect(inflation).toBeGreaterThan(4);
    expect(inflation).toBeLessThan(9);
  });

  it('is not raised by what hits both sides in the same period', () => {
    const burst = held(noisy(3, 25, { mean: 0, deviation: 30 }), 8);
    const sides = {
      experiment: noisy(1, 200, USUAL).map((value, index) => value + (burst[index] ?? 0)),
      control: noisy(2, 200, USUAL).map((value, index) => value + (burst[index] ?? 0)),
    };

    expect(varianceInflation({ ...sides, time: 'apart' })).toBeGreaterThan(4);
    expect(varianceInflation({ ...sides, time: 'shared' })).toBe(1);
  });

  it('is never below that of independent samples, whatever the series and its gaps', () => {
    const sample = fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.NaN));
    const side = fc.array(sample, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(side, side, fc.constantFrom('shared', 'apart'), (experiment, control, time) => {
        const inflation = varianceInflation({
          experiment,
          control,
          time,
        });

        expect(inflation).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('a p-value at a larger variance', () => {
  it.each([
    [0.05, 1, 0.05],
    // z = 1.96 / 2.
    [0.05, 4, 0.3271],
    [1, 4, 1],
    [0, 1, 0],
  ])('of %d, with the variance %d times as large, is %d', (pValue, inflation, inflated) => {
    expect(inflatedPValue(pValue, inflation)).toBeCloseTo(inflated, 4);
  });
});

/** Each value as many times in a row. */
function held(values: readonly number[], times: number): readonly number[] {
  return values.flatMap((value) => Array.from({ length: times }, () => value));
}

import * as fc from 'fast-check';
import { judgeShare, requestsNeeded } from '#domain/traffic/traffic-truth.ts';

/** Both tails together: how often an honest weight may fail its one look. */
const MOST_FALSE_ALARMS = 1e-4;

describe('the sample of the truth test', () => {
  it.each([
    [1, 986],
    [5, 194],
    [25, 35],
    [50, 15],
    [75, 35],
    [95, 194],
    [99, 986],
    [0, 986],
    [100, 986],
  ])('at %d %% is %d requests', (percent, requests) => {
    expect(requestsNeeded(percent)).toBe(requests);
  });

  it('is large enough to have met the smaller side with 99.995 % certainty, and no larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (percent) => {
        const miss = 1 - Math.min(percent, 100 - percent) / 100;
        const needed = requestsNeeded(percent);

        expect(miss ** needed).toBeLessThanOrEqual(5e-5);
        expect(miss ** (needed - 1)).toBeGreaterThan(5e-5);
      }),
    );
  });
});

describe('the truth test', () => {
  it.each([
    [1, 7, 688, true],
    [1, 19, 688, true],
    [1, 20, 688, false],
    [1, 688, 688, false],
    [5, 20, 135, false],
    [50, 5, 10, true],
    [50, 10, 10, true],
    [50, 20, 20, false],
    [25, 0, 40, false],
    [99, 688, 688, true],
    [99, 660, 688, false],
  ])('at %d %%: %d of %d on green fits: %s', (percent, green, requests, fits) => {
    expect(judgeShare(green, requests, percent)).toEqual({
      fits,
      observedPercent: (100 * green) / requests,
    });
  });

  it('has no opinion that fits without a single request (I4)', () => {
    for (const percent of [0, 1, 50, 100])
      expect(judgeShare(0, 0, percent)).toEqual({ fits: false, observedPercent: 0 });
  });

  it('lets not one request be on the other side at 0 and at 100 %', () => {
    expect(judgeShare(0, 688, 0).fits).toBe(true);
    expect(judgeShare(1, 1_000_000, 0).fits).toBe(false);
    expect(judgeShare(688, 688, 100).fits).toBe(true);
    expect(judgeShare(999_999, 1_000_000, 100).fits).toBe(false);
  });

  it.each([
    [1, 688],
    [1, 5_000],
    [5, 135],
    [5, 700],
    [10, 400],
    [25, 25],
    [50, 10],
    [50, 900],
    [99, 688],
  ])(
    'fails an honest weight of %d %% at %d requests at most once in 10,000 looks',
    (percent, n) => {
      const alarms = probabilities(n, percent / 100)
        .filter((_, green) => !judgeShare(green, n, percent).fits)
        .reduce((sum, probability) => sum + probability, 0);

      expect(alarms).toBeLessThanOrEqual(MOST_FALSE_ALARMS);
    },
  );

  it.each([
    [1, 5],
    [5, 25],
    [25, 50],
    [50, 100],
    [100, 50],
    [100, 99],
    [0, 1],
  ])('sees in 1,000 requests that %d %% was meant and %d %% is the case', (meant, real) => {
    const n = 1_000;
    const missed = probabilities(n, real / 100)
      .filter((_, green) => judgeShare(green, n, meant).fits)
      .reduce((sum, probability) => sum + probability, 0);

    expect(missed).toBeLessThan(0.001);
  });

  it.each([
    [1, 986],
    [5, 194],
    [25, 35],
    [50, 15],
  ])(
    'at %d %% takes it for a mismatch that green was never met from %d requests on; below, luck could do it',
    (percent, requests) => {
      expect(judgeShare(0, requests, percent).fits).toBe(false);
      expect(judgeShare(0, requests - 1, percent).fits).toBe(true);
      expect(requestsNeeded(percent)).toBe(requests);
    },
  );

  it('is symmetric: what fits green at a share fits blue at the rest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 3_000 }),
        fc.nat(3_000),
        (percent, requests, anyGreen) => {
          const green = Math.min(anyGreen, requests);

          expect(judgeShare(green, requests, percent).fits).toBe(
            judgeShare(requests - green, requests, 100 - percent).fits,
          );
        },
      ),
    );
  });

  it('accepts one stretch of shares around the weight, without holes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 500 }),
        (percent, requests) => {
          const fits = Array.from({ length: requests + 1 }, (_, green) =>
            judgeShare(green, requests, percent).fits ? 'y' : 'n',
          ).join('');

          expect(fits).toMatch(/^n*y+n*$/u);
        },
      ),
      { numRuns: 30 },
    );
  });
});

/** P(X = 0), P(X = 1) … P(X = n), term by term. */
function probabilities(n: number, p: number): readonly number[] {
  if (p >= 1) return Array.from({ length: n + 1 }, (_, k) => (k === n ? 1 : 0));
  const terms = [(1 - p) ** n];
  for (let k = 0; k < n; k += 1) terms.push(((terms[k] ?? 0) * ((n - k) / (k + 1)) * p) / (1 - p));
  return terms;
}

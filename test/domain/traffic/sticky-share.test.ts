import * as fc from 'fast-check';
import { judgeStickyShare } from '#domain/traffic/sticky-share.ts';

const judge = (green: number, requests: number, fromPercent: number, percent: number) =>
  judgeStickyShare(green, requests, { fromPercent, percent });

describe('a share that sticky sessions hold back', () => {
  it.each([
    // green, requests, from, to: fits, drifting
    [30, 1000, 1, 5, true, false],
    [50, 1000, 1, 5, true, false],
    [10, 1000, 1, 5, true, true],
    [100, 1000, 1, 5, false, false],
    [0, 1000, 5, 25, false, false],
    [0, 500, 0, 1, true, true],
    [2, 500, 0, 1, true, false],
    [700, 1000, 50, 100, true, false],
    [0, 0, 1, 5, false, true],
  ])(
    '%i of %i on the way from %i to %i %%: fits %s, drifting %s',
    (g, n, from, to, fits, drifting) => {
      expect(judge(g, n, from, to)).toMatchObject({ fits, drifting });
    },
  );

  it('never fits with more green than the weight allows beyond luck', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 2_000, max: 20_000 }),
        (percent, requests) => {
          const green = Math.round((requests * (percent + 10)) / 100);
          expect(judge(green, requests, percent - 1, percent).fits).toBe(false);
        },
      ),
    );
  });

  it('fits wherever the share stands between the two weights', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (fromPercent, more, way) => {
          const percent = fromPercent + more;
          const green = Math.round(100 * (fromPercent + way * more));
          expect(judge(green, 10_000, fromPercent, percent).fits).toBe(true);
        },
      ),
    );
  });
});

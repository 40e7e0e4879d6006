import * as fc from 'fast-check';
import { formatPercentage, parsePercentage } from '#domain/plan/percentages.ts';

describe('percentages', () => {
  it.each([
    ['0%', 0],
    ['1%', 1],
    ['0.5%', 0.5],
    ['99.9999%', 99.9999],
    ['100%', 100],
  ])('reads %s as %d', (written, percent) => {
    expect(parsePercentage(written)).toBe(percent);
  });

  it.each(['', '%', '1', '1 %', '-1%', '100.1%', '101%', '1.00001%', '.5%', '1e1%', '1%%'])(
    'refuses %j',
    (written) => {
      expect(parsePercentage(written)).toBeUndefined();
    },
  );

  it('reads back exactly what it wrote, to four decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (tenThousandths) => {
        const percent = tenThousandths / 10_000;

        expect(parsePercentage(formatPercentage(percent))).toBe(percent);
      }),
    );
  });
});

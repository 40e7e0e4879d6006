import { assert, double, property } from 'fast-check';
import { greenPercentOf, weightsFor } from '#activities/adapters/aws/alb-weights.ts';

describe('weights of an ALB rule', () => {
  it.each([
    [0, { blue: 999, green: 0 }],
    [1, { blue: 989, green: 10 }],
    [50, { blue: 499, green: 500 }],
    [100, { blue: 0, green: 999 }],
    [0.01, { blue: 998, green: 1 }],
    [99.99, { blue: 1, green: 998 }],
  ])('for %d percent are %j', (percent, weights) => {
    expect(weightsFor(percent)).toEqual(weights);
  });

  it('are in range, never both 0, and within a twentieth of a percent of what was asked', () => {
    assert(
      property(double({ min: 0.1, max: 99.9, noNaN: true }), (percent) => {
        const { blue, green } = weightsFor(percent);

        expect(blue + green).toBe(999);
        expect(Math.min(blue, green)).toBeGreaterThan(0);
        expect(Math.abs((100 * green) / 999 - percent)).toBeLessThanOrEqual(0.0501);
      }),
    );
  });

  it('read back as the whole percent that was written', () => {
    for (let percent = 0; percent <= 100; percent += 1)
      expect(greenPercentOf(weightsFor(percent))).toBe(percent);
  });

  it('of somebody else are read as the share they are', () => {
    expect(greenPercentOf({ blue: 3, green: 1 })).toBe(25);
    expect(greenPercentOf({ blue: 2, green: 1 })).toBe(33.3);
    expect(greenPercentOf({ blue: 1, green: 0 })).toBe(0);
  });
});

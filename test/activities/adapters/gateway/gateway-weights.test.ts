import * as fc from 'fast-check';
import {
  gatewayPercentOf,
  gatewayWeightsFor,
} from '#activities/adapters/gateway/gateway-weights.ts';

describe('the weights of backendRefs', () => {
  it.each([
    [0, { blue: 100, green: 0 }],
    [1, { blue: 99, green: 1 }],
    [100, { blue: 0, green: 100 }],
    [12.5, { blue: 875, green: 125 }],
    [0.001, { blue: 999, green: 1 }],
    [99.999, { blue: 1, green: 999 }],
  ])('are, for %d percent, what a person would write', (percent, weights) => {
    expect(gatewayWeightsFor(percent)).toEqual(weights);
  });

  it('are never 0/0, never out of range, and never take a share to an end by rounding', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const { blue, green } = gatewayWeightsFor(percent);
        expect(blue + green).toBeGreaterThan(0);
        expect(Math.max(blue, green)).toBeLessThanOrEqual(999);
        expect(Math.min(blue, green)).toBeGreaterThanOrEqual(0);
        expect(green === 0).toBe(percent === 0);
        expect(blue === 0).toBe(percent === 100);
        expect(Math.abs(gatewayPercentOf({ blue, green }) - percent)).toBeLessThanOrEqual(0.11);
      }),
    );
  });
});

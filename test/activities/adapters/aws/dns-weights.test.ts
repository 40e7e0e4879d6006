import * as fc from 'fast-check';
import { dnsPercentOf, dnsWeightsFor } from '#activities/adapters/aws/dns-weights.ts';

describe('the weights of Route 53', () => {
  it('say every whole percentage exactly', () => {
    for (let percent = 0; percent <= 100; percent += 1)
      expect(dnsPercentOf(dnsWeightsFor(percent))).toBe(percent);
  });

  it('are from 0 to 255, never both 0, and say any share within 0.15 points without losing a side', () => {
    const share = fc.double({ min: 0.4, max: 99.6, noNaN: true });
    fc.assert(
      fc.property(share, (percent) => {
        const { blue, green } = dnsWeightsFor(percent);

        expect(Math.min(blue, green)).toBeGreaterThan(0);
        expect(Math.max(blue, green)).toBeLessThanOrEqual(255);
        expect(Math.abs((100 * green) / (blue + green) - percent)).toBeLessThan(0.15);
      }),
    );
  });

  it('take all weights 0 for no share at all: Route 53 would split equally', () => {
    expect(dnsPercentOf({ blue: 0, green: 0 })).toBeNull();
  });
});

import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import { drawLatencyMs, SHOP_LATENCY } from '#sandbox/shop/latency-model.ts';
import { withinBinomialBounds } from '../data-plane/statistics.ts';

describe('the latency model', () => {
  it('has its median at 8 ms and a tail of about 2.5 times that', () => {
    const random = seededRandom(3, 'latency');
    const draws = Array.from({ length: 20_000 }, () => drawLatencyMs(SHOP_LATENCY, random));

    expect(withinBinomialBounds(draws.filter((ms) => ms < 8).length, 20_000, 0.5)).toBe(true);
    const p99 = 8 * Math.exp(0.4 * 2.326_35);
    expect(withinBinomialBounds(draws.filter((ms) => ms < p99).length, 20_000, 0.99)).toBe(true);
    expect(Math.min(...draws)).toBeGreaterThan(0);
  });
});

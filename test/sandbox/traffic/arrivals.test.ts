import { seededRandom } from '#sandbox/data-plane/seeded-random.ts';
import { startArrivals } from '#sandbox/traffic/arrivals.ts';
import { eventually } from '../data-plane/eventually.ts';

describe('arrivals', () => {
  it('come at the rate on average, counted by their due times', async () => {
    const due: number[] = [];
    const arrivals = startArrivals(2_000, seededRandom(5, 'arrivals'), (atMs) => due.push(atMs));
    await eventually('2000 arrivals', () => due.length >= 2_000);
    arrivals.stop();

    const spanSeconds = ((due[1_999] ?? 0) - (due[0] ?? 0)) / 1_000;

    // 1999 exponential gaps: five standard deviations are 11 %.
    expect(1_999 / spanSeconds / 2_000).toBeGreaterThan(0.88);
    expect(1_999 / spanSeconds / 2_000).toBeLessThan(1.13);
    expect(due.every((atMs, index) => index === 0 || atMs >= (due[index - 1] ?? 0))).toBe(true);
  });
});

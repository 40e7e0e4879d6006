import { lookLaterMs } from '#domain/guard/look-spread.ts';

const spread = (count: number, pauseMs: number): readonly number[] =>
  Array.from({ length: count }, (_, number) => lookLaterMs(number, count, pauseMs)).toSorted(
    (a, b) => a - b,
  );

describe('looks of many guards at the same clock', () => {
  it('come at once where they are few', () => {
    expect(new Set(spread(20, 5_000))).toEqual(new Set([0]));
  });

  it.each([
    [120, 30_000, 3_000],
    [1_000, 30_000, 10_000],
    [1_000, 5_000, 5_000 / 3],
  ])('of %i with a pause of %i ms lie within %f ms, evenly', (count, pauseMs, withinMs) => {
    const later = spread(count, pauseMs);

    expect(Math.min(...later)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...later)).toBeLessThan(withinMs);
    // No tenth of the time holds more than twice its share.
    const tenths = Map.groupBy(later, (ms) => Math.floor((10 * ms) / withinMs));
    for (const looks of tenths.values()) expect(looks.length).toBeLessThan((2 * count) / 10);
  });
});

import * as fc from 'fast-check';
import { newestWindow, nextCloseMs, windowSince } from '#domain/guard/metric-window.ts';

const FIVE_SECONDS = { periodSeconds: 5, latenessSeconds: 2 };

describe('the newest window of a source', () => {
  it('ends at the last period whose points have had time to arrive', () => {
    expect(newestWindow(FIVE_SECONDS, 1_000_006_900, 5)).toEqual({
      fromSeconds: 999_995,
      toSeconds: 1_000_000,
    });
    expect(newestWindow(FIVE_SECONDS, 1_000_007_000, 5).toSeconds).toBe(1_000_005);
  });

  it('covers at least what was asked for, in whole periods', () => {
    const { fromSeconds, toSeconds } = newestWindow(FIVE_SECONDS, 1_000_000_000, 12);
    expect(toSeconds - fromSeconds).toBe(15);
  });

  it('holds at least one period', () => {
    const { fromSeconds, toSeconds } = newestWindow(FIVE_SECONDS, 1_000_000_000, 0);
    expect(toSeconds - fromSeconds).toBe(5);
  });

  it('never shows a period that is still open or late, and is aligned, for any physics', () => {
    const physics = fc.record({
      periodSeconds: fc.constantFrom(0.05, 1, 5, 10, 60),
      latenessSeconds: fc.constantFrom(0, 2, 180),
    });
    const now = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
    fc.assert(
      fc.property(physics, now, (source, nowMs) => {
        const { toSeconds } = newestWindow(source, nowMs, 30);
        const toMs = Math.round(toSeconds * 1000);
        expect(toMs % Math.round(source.periodSeconds * 1000)).toBe(0);
        expect(toMs + source.latenessSeconds * 1000).toBeLessThanOrEqual(nowMs);
        expect(nextCloseMs(source, nowMs)).toBeGreaterThan(nowMs);
      }),
    );
  });
});

describe('a window since a moment', () => {
  it('begins with the first period that lies wholly after it', () => {
    expect(windowSince(FIVE_SECONDS, 1_000_001_000, 1_000_020_000)).toEqual({
      fromSeconds: 1_000_005,
      toSeconds: 1_000_015,
    });
    expect(windowSince(FIVE_SECONDS, 1_000_005_000, 1_000_020_000)?.fromSeconds).toBe(1_000_005);
  });

  it('is none while no such period is believable', () => {
    expect(windowSince(FIVE_SECONDS, 1_000_001_000, 1_000_011_999)).toBeNull();
    expect(windowSince(FIVE_SECONDS, 1_000_001_000, 1_000_012_000)).not.toBeNull();
  });
});

import * as fc from 'fast-check';
import {
  formatDurationMs,
  formatDurationSeconds,
  parseDurationMs,
} from '#domain/plan/durations.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['0s', 0],
    ['60s', 60_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
  ])('reads %s as %d ms', (written, ms) => {
    expect(parseDurationMs(written)).toBe(ms);
  });

  it.each([
    '',
    's',
    '10',
    '10 m',
    ' 10m',
    '10M',
    '1.5h',
    '-1s',
    '+1s',
    '1m1h',
    '1h1h',
    '1e3s',
    '10min',
    '10m\n',
    '9999999999999999d',
    '\u0661s',
  ])('refuses %j', (written) => {
    expect(parseDurationMs(written)).toBeUndefined();
  });

  it.each([
    [0, '0s'],
    [1, '1ms'],
    [90_000, '1m30s'],
    [600_000, '10m'],
    [86_400_000, '1d'],
  ])('writes %d ms as %s', (ms, written) => {
    expect(formatDurationMs(ms)).toBe(written);
  });

  it('writes seconds in the same words', () => {
    expect(formatDurationSeconds(5_400)).toBe('1h30m');
  });

  it('reads back exactly what it wrote', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ms) => {
        expect(parseDurationMs(formatDurationMs(ms))).toBe(ms);
      }),
    );
  });

  it('answers any text with whole milliseconds or nothing', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(\d{1,17}(d|h|m|s|ms)){1,5}$/));
    fc.assert(
      fc.property(text, (written) => {
        const ms = parseDurationMs(written);

        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});

import { followsTrend } from '#domain/traffic/dns-trend.ts';

describe('users behind a name', () => {
  it.each([
    ['came nearer to the weight', { fromPercent: 0, percent: 50, nowPercent: 20 }, true],
    ['are near it already', { fromPercent: 50, percent: 50, nowPercent: 47 }, true],
    ['are within a quarter of it', { fromPercent: 60, percent: 80, nowPercent: 60.5 }, true],
    ['stayed where they were', { fromPercent: 0, percent: 50, nowPercent: 0 }, false],
    ['went the other way', { fromPercent: 25, percent: 75, nowPercent: 10 }, false],
    ['left, on the way back', { fromPercent: 100, percent: 0, nowPercent: 60 }, true],
    ['did not leave, on the way back', { fromPercent: 100, percent: 0, nowPercent: 100 }, false],
  ])('%s', (_, question, follows) => {
    expect(followsTrend(question)).toBe(follows);
  });
});

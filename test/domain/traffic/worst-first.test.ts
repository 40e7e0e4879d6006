import { worstFirst } from '#domain/traffic/worst-first.ts';

describe('the worst route', () => {
  it('is the one with most users on green, or of which nothing is known', () => {
    const routes = [
      ['little', 1],
      ['unknown', null],
      ['none', 0],
      ['much', 75],
    ] as const;

    expect(worstFirst(routes, ([, greenPercent]) => greenPercent).map(([id]) => id)).toEqual([
      'unknown',
      'much',
      'little',
      'none',
    ]);
  });

  it('is the first of those that are alike', () => {
    expect(worstFirst(['one', 'other'], () => 50)).toEqual(['one', 'other']);
  });
});

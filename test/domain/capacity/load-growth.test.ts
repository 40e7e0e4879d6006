import { everydayRate, loadGrowth } from '#domain/capacity/load-growth.ts';

const point = (startSeconds: number, requests: number) => ({
  startSeconds,
  requests,
  errors: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
});

describe('how the load has grown', () => {
  it('is the median rate of both colours against the baseline', () => {
    const blue = [point(0, 100), point(5, 100), point(10, 100)];
    const green = [point(0, 400), point(5, 400), point(10, 400)];

    expect(loadGrowth([...blue, ...green], 5, 50)).toBe(2);
  });

  it('does not hear a storm of retries that fills less than half of the time', () => {
    const calm = [0, 5, 10, 15].map((start) => point(start, 250));
    const storm = [20, 25, 30].map((start) => point(start, 2_500));

    expect(loadGrowth([...calm, ...storm], 5, 50)).toBe(1);
  });

  it.each([
    ['nothing was seen', [], 50],
    ['the baseline had no requests', [point(0, 100)], 0],
    ['it has shrunk', [point(0, 10)], 50],
    ['it is about the same', [point(0, 300)], 50],
  ])('is none where %s', (_, points, baseline) => {
    expect(loadGrowth(points, 5, baseline)).toBe(1);
  });
});

describe('the everyday rate', () => {
  it('counts no time before users came, and not the period in which they came', () => {
    expect(everydayRate([point(40, 12), point(45, 800), point(50, 810)], 5)).toBe(162);
    expect(everydayRate([point(40, 0), point(45, 800)], 5)).toBe(160);
  });

  it('is 0 where nobody came', () => {
    expect(everydayRate([], 5)).toBe(0);
  });
});

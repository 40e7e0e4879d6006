import {
  ageOfNewest,
  bakeFindings,
  lagFindings,
  type SourceLag,
} from '#domain/preflight/source-findings.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';

const NOW = 1_000;
const LAG: SourceLag = {
  source: 'app',
  isTruth: true,
  periodSeconds: 5,
  latenessSeconds: 2,
  ageSeconds: 3,
  requestsPerSecond: 100,
};

function points(...requests: readonly number[]): readonly ColourPoint[] {
  return requests.map((count, index) => ({
    startSeconds: NOW - (requests.length - index) * 5,
    requests: count,
    errors: 0,
    p50Ms: null,
    p90Ms: null,
    p99Ms: null,
  }));
}

describe('the age of a source', () => {
  it.each([
    ['a full newest period', points(100, 100, 100), 0],
    ['a newest period that still fills', points(100, 100, 100, 30), 5],
    ['a quiet service, where every count is luck', points(3, 2, 3, 1), 0],
    ['nothing', [], null],
  ] as const)('with %s', (_, blue, age) => {
    expect(ageOfNewest(blue, 5, NOW)).toBe(age);
  });

  it('passes over a period that is still open', () => {
    expect(ageOfNewest(points(100, 100), 5, NOW - 2)).toBe(3);
  });
});

describe('the lag of a source', () => {
  const found = (change: Partial<SourceLag>): readonly string[] =>
    lagFindings([{ ...LAG, ...change }], 60).map(({ severity, code }) => `${severity} ${code}`);

  it.each([
    ['on time', {}, []],
    ['as old as a period on time may be', { ageSeconds: 7 }, []],
    ['later than the plan says', { ageSeconds: 20 }, ['warn source-late']],
    ['so late that the guard would call it missing', { ageSeconds: 70 }, ['block source-late']],
    ['late by luck: hardly anybody asks', { ageSeconds: 20, requestsPerSecond: 0.1 }, []],
    ['silent', { ageSeconds: null }, ['block source-silent']],
    ['silent, but not the truth', { ageSeconds: null, isTruth: false }, ['warn source-silent']],
  ])('%s', (_, change, expected) => {
    expect(found(change)).toEqual(expected);
  });

  it('says what to write into the plan', () => {
    expect(lagFindings([{ ...LAG, ageSeconds: 20 }], 60)[0]?.remedy).toContain('lateness 15s');
  });
});

describe('a bake', () => {
  const bake = {
    group: 'storefront',
    steps: [1, 50, 100],
    bakeSeconds: 60,
    bakeAtMostSeconds: 360,
  };
  const severities = (requestsPerSecond: number): readonly string[] =>
    bakeFindings([bake], requestsPerSecond).map(({ severity }) => severity);

  it('must hear the requests that its smallest step needs, or at least be able to wait for them', () => {
    // 1 % needs 986 requests.
    expect(severities(20)).toEqual([]);
    expect(severities(10)).toEqual(['warn']);
    expect(severities(2)).toEqual(['block']);
  });

  it('is not judged by silence, which is reported by itself', () => {
    expect(severities(0)).toEqual([]);
  });
});

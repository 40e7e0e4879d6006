import { jsonBytes } from '#domain/migration/bounds.ts';
import { judgeStep } from '#domain/judge/judge-step.ts';
import type { StepComparison, StepEvidence } from '#domain/judge/step-samples.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import { noisy } from './series.ts';

const ERRORS: StepComparison = {
  metric: 'error-rate',
  from: 'app',
  direction: 'increase',
  critical: true,
  tolerance: 0.25,
};
const LATENCY: StepComparison = {
  metric: 'latency-p99',
  from: 'app',
  direction: 'increase',
  critical: false,
  allowedIncrease: 1.1,
  tolerance: 0.25,
};
const DEFAULT_PLAN = [ERRORS, LATENCY];

describe('a step', () => {
  it('passes where green is like blue, at whatever weights', () => {
    const blue = points({ requests: 9_900 });
    const green = points({ requests: 400, seed: 50 });

    expect(judgeStep(DEFAULT_PLAN, live(blue, green))).toMatchObject({
      verdict: 'pass',
      score: 100,
      control: 'live',
      reasons: [],
      metrics: [
        { metric: 'error-rate', classification: 'Pass', samples: { blue: 60, green: 60 } },
        { metric: 'latency-p99', classification: 'Pass', effect: expect.closeTo(1, 1) },
      ],
    });
  });

  it('fails where green fails more often, and says by how much', () => {
    const green = points({ requests: 400, errorShare: 0.013, seed: 50 });

    const judgement = judgeStep(DEFAULT_PLAN, live(points({ requests: 9_900 }), green));

    expect(judgement).toMatchObject({ verdict: 'fail', score: 0 });
    expect(judgement.reasons).toEqual([
      expect.stringMatching(/^error-rate from app: green is above blue: shift \d/u),
    ]);
  });

  it('fails where green is slower by more than the plan allows, and passes where it is not', () => {
    const blue = points({ requests: 5_000 });
    const verdictAt = (p99Ms: number): string =>
      judgeStep(DEFAULT_PLAN, live(blue, points({ requests: 5_000, p99Ms, seed: 50 }))).verdict;

    expect([100, 107, 120, 200].map(verdictAt)).toEqual(['pass', 'pass', 'fail', 'fail']);
  });

  it('takes a tenth more latency and a fifth more errors for nothing where the plan does not say', () => {
    const { allowedIncrease: _, ...unlimited } = LATENCY;
    const blue = points({ requests: 50_000, periods: 200 });
    const verdictOf = (green: Partial<Parameters<typeof points>[0]>): string =>
      judgeStep(
        [ERRORS, unlimited],
        live(blue, points({ requests: 50_000, periods: 200, seed: 50, ...green })),
      ).verdict;

    expect([1.08, 1.15].map((factor) => verdictOf({ p99Ms: 100 * factor }))).toEqual([
      'pass',
      'fail',
    ]);
    expect([1.15, 1.25].map((factor) => verdictOf({ errorShare: 0.003 * factor }))).toEqual([
      'pass',
      'fail',
    ]);
  });

  it('passes where one bad minute is all there is: neighbouring periods know the same', () => {
    const quiet = points({ requests: 5_000, seed: 50 });
    const slowMinute = quiet.map((point, index) =>
      index >= 20 && index < 40 ? { ...point, p99Ms: 200 } : point,
    );
    const slowEveryThird = quiet.map((point, index) =>
      index % 3 === 0 ? { ...point, p99Ms: 200 } : point,
    );
    const verdictOf = (green: readonly ColourPoint[]): string =>
      judgeStep([LATENCY], live(points({ requests: 5_000, p99Ms: 99 }), green)).verdict;

    expect([verdictOf(slowMinute), verdictOf(slowEveryThird)]).toEqual(['pass', 'fail']);
  });

  it('passes where green is better', () => {
    const green = points({ requests: 5_000, p99Ms: 50, errorShare: 0, seed: 50 });

    expect(judgeStep(DEFAULT_PLAN, live(points({ requests: 5_000 }), green)).verdict).toBe('pass');
  });
});

describe('missing data is never a pass (I4)', () => {
  const blue = points({ requests: 9_900 });

  it.each([
    ['nothing of green', blue, [], true],
    ['nothing of blue', [], blue, true],
    ['too short a bake', blue, points({ requests: 400, periods: 7 }), true],
    // 299 requests have no 99th percentile, and will not have one tomorrow.
    ['too few requests for the percentile', blue, points({ requests: 299 }), false],
  ] as const)('%s', (_, blue, green, moreTimeHelps) => {
    const judgement = judgeStep(DEFAULT_PLAN, live(blue, green));

    expect(judgement).toMatchObject({ verdict: 'nodata', moreTimeHelps });
    expect(judgement.reasons.at(-1)).toMatch(/^latency-p99 from app: too little data: green has/u);
  });

  it('a source that was not read', () => {
    expect(judgeStep(DEFAULT_PLAN, { control: 'live', sources: {} }).verdict).toBe('nodata');
  });

  it('but what has data and fails, fails', () => {
    const green = points({ requests: 299, errorShare: 0.02 });

    expect(judgeStep(DEFAULT_PLAN, live(blue, green))).toMatchObject({
      verdict: 'fail',
      metrics: [{ classification: 'High' }, { classification: 'Nodata' }],
    });
  });

  it.each([
    [299, 'Nodata', 'latency-p99'],
    [300, 'Pass', 'latency-p99'],
    [29, 'Nodata', 'latency-p90'],
    [30, 'Pass', 'latency-p90'],
    [9, 'Nodata', 'latency-p50'],
    [10, 'Pass', 'latency-p50'],
  ] as const)('%d requests a period are %s for %s', (requests, classification, metric) => {
    const same = points({ requests });

    expect(judgeStep([{ ...LATENCY, metric }], live(same, same)).metrics[0]?.classification).toBe(
      classification,
    );
  });
});

describe('at 100 %', () => {
  const recorded = points({ requests: 5_000 });

  it('green is compared with blue as it was recorded, and the judgement says so', () => {
    const green = points({ requests: 10_000, seed: 50 });

    expect(
      judgeStep(DEFAULT_PLAN, { ...live(recorded, green), control: 'recorded' }),
    ).toMatchObject({
      verdict: 'pass',
      control: 'recorded',
    });
  });

  it('a tenth more is laid at the door of another hour, a fifth is not', () => {
    const verdictAt = (p99Ms: number, control: 'live' | 'recorded'): string =>
      judgeStep([{ ...LATENCY, allowedIncrease: 1 }], {
        ...live(recorded, points({ requests: 10_000, p99Ms, seed: 50 })),
        control,
      }).verdict;

    expect(verdictAt(107, 'live')).toBe('fail');
    expect(verdictAt(107, 'recorded')).toBe('pass');
    expect(verdictAt(120, 'recorded')).toBe('fail');
  });
});

it('writes at most 8 KB into history, what failed first', () => {
  const names = Array.from({ length: 50 }, (_, i) => `source-${i}-${'x'.repeat(50)}`);
  const same = points({ requests: 5_000 });
  const slow = points({ requests: 5_000, p99Ms: 200 });
  const sources = Object.fromEntries(
    names.map((name, i) => [name, { blue: same, green: i === 49 ? slow : i === 48 ? [] : same }]),
  );

  const judgement = judgeStep(
    names.map((from) => ({ ...LATENCY, from })),
    { control: 'live', sources },
  );

  expect(jsonBytes(judgement)).toBeLessThanOrEqual(8_192);
  expect(judgement.metrics.slice(0, 3).map(({ classification }) => classification)).toEqual([
    'High',
    'Nodata',
    'Pass',
  ]);
});

function live(blue: readonly ColourPoint[], green: readonly ColourPoint[]): StepEvidence {
  return { control: 'live', sources: { app: { blue, green } } };
}

/** Periods of five seconds with honest counting noise in the errors and ten percent of noise in the latency. */
function points({
  requests,
  p99Ms = 100,
  errorShare = 0.003,
  periods = 60,
  seed = 1,
}: {
  readonly requests: number;
  readonly p99Ms?: number;
  readonly errorShare?: number;
  readonly periods?: number;
  readonly seed?: number;
}): readonly ColourPoint[] {
  const expected = requests * errorShare;
  const latencies = noisy(seed, periods, { mean: p99Ms, deviation: p99Ms / 10 });
  const errors = noisy(seed + 1, periods, { mean: expected, deviation: Math.sqrt(expected) });
  return latencies.map((latency, index) => ({
    startSeconds: 5 * index,
    requests,
    errors: Math.max(0, Math.round(errors[index] ?? 0)),
    p50Ms: latency / 4,
    p90Ms: latency / 2,
    p99Ms: latency,
  }));
}

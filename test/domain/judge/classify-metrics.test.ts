import * as fc from 'fast-check';
import {
  classifyMetrics,
  type ClassifiedMetric,
  type MetricSamples,
} from '#domain/judge/classify-metrics.ts';
import { DEFAULT_RULES, effectLimits, type MetricRules } from '#domain/judge/metric-rules.ts';
import { noisy } from './series.ts';

const SETTINGS = {
  confidence: 0.98,
  fewestSamples: 8,
  comparisons: 'each-alone',
} as const;
const BLUE = { mean: 100, deviation: 10 };

describe('one metric', () => {
  const worse = noisy(2, 60, { mean: 120, deviation: 10 });
  const better = noisy(3, 60, { mean: 80, deviation: 10 });
  const alike = noisy(4, 60, BLUE);

  it.each([
    ['no difference', alike, {}, 'Pass'],
    ['an increase where any difference is bad', worse, {}, 'High'],
    ['a decrease where any difference is bad', better, {}, 'Low'],
    ['an increase where increases are bad', worse, { direction: 'increase' }, 'High'],
    ['a decrease where increases are bad', better, { direction: 'increase' }, 'Pass'],
    ['an increase where decreases are bad', worse, { direction: 'decrease' }, 'Pass'],
    ['a decrease where decreases are bad', better, { direction: 'decrease' }, 'Low'],
    ['an increase that is allowed', worse, ratio({ allowedIncrease: 1.3 }), 'Pass'],
    ['an increase beyond what is allowed', worse, ratio({ allowedIncrease: 1.1 }), 'High'],
    ['a decrease that is allowed', better, ratio({ allowedDecrease: 0.7 }), 'Pass'],
    ['a decrease beyond what is allowed', better, ratio({ allowedDecrease: 0.9 }), 'Low'],
    ['an increase in most pairs', worse, cles({ allowedIncrease: 0.8 }), 'High'],
    ['an increase in too few pairs', worse, cles({ allowedIncrease: 0.99 }), 'Pass'],
    ['an interval that does not clear the tolerance', worse, { tolerance: 0.9 }, 'Pass'],
  ] as const)('with %s', (_, experiment, rules: Partial<MetricRules>, classification) => {
    expect(classify(experiment, rules).classification).toBe(classification);
  });

  it.each([
    ['of a critical metric fails everything', { critical: true }, true],
    ['of any other does not', {}, false],
    [
      'of a critical metric with a limit of its own does beyond it',
      { critical: true, ...ratio({ criticalIncrease: 1.1 }) },
      true,
    ],
    [
      'of a critical metric below that limit does not',
      { critical: true, ...ratio({ criticalIncrease: 5 }) },
      false,
    ],
  ] as const)('a failure %s', (_, rules: Partial<MetricRules>, isCriticalFailure) => {
    expect(classify(worse, rules)).toMatchObject({ classification: 'High', isCriticalFailure });
  });

  it('that is above a control of zeros is an infinite increase, not none', () => {
    const [result] = classifyMetrics(
      [
        metric(
          Array.from({ length: 20 }, () => 0),
          noisy(5, 20, { mean: 5, deviation: 1 }),
          ratio({ allowedIncrease: 1.5 }),
        ),
      ],
      SETTINGS,
    );

    expect(result).toMatchObject({ classification: 'High', effect: Number.POSITIVE_INFINITY });
  });

  it('of two constant series is as different as they are', () => {
    const [result] = classifyMetrics([metric(constant(5), constant(6), {})], SETTINGS);

    expect(result).toMatchObject({
      classification: 'High',
      shift: { estimate: 1, low: 1, high: 1 },
    });
  });
});

describe('too little data', () => {
  it.each([7, 1, 0])('is no pass: %d samples on one side', (size) => {
    const experiment = noisy(6, size, BLUE);

    expect(classify(experiment, {}).classification).toBe('Nodata');
    expect(classify(experiment, { critical: true }).isCriticalFailure).toBe(true);
  });

  it('still has its figures, as far as there are any', () => {
    expect(classify(noisy(6, 3, BLUE), {})).toMatchObject({
      pValue: expect.any(Number),
      shift: expect.objectContaining({ estimate: expect.any(Number) }),
      samples: { control: 60, experiment: 3 },
    });
    expect(classify([], {})).toMatchObject({ pValue: null, shift: null, effect: null });
  });

  it('is what is left when missing samples are removed, and nothing is missing when they are zeros', () => {
    const gaps = Array.from({ length: 20 }, (_, i) => (i < 5 ? 100 : Number.NaN));

    expect(classify(gaps, { missing: 'remove' }).samples.experiment).toBe(5);
    expect(classify(gaps, { missing: 'zero' })).toMatchObject({
      classification: 'Low',
      samples: { experiment: 20 },
    });
  });

  it('cannot be made by outliers: the 1st and 99th percentile stay', () => {
    const spiky = [...constant(1), 50, 60];

    expect(classify(spiky, { outlierFactor: 3 }).samples.experiment).toBe(spiky.length);
  });
});

describe('outliers', () => {
  it('are kept unless the rules drop them', () => {
    const hit = [...noisy(7, 300, BLUE), 10_000];

    expect(classify(hit, {}).samples.experiment).toBe(301);
    expect(classify(hit, { outlierFactor: 3 }).samples.experiment).toBe(300);
  });
});

describe('several metrics', () => {
  // A difference that one comparison alone would call real, and one of twenty would not.
  const doubtful = metric(
    noisy(8, 40, { mean: 100, deviation: 10 }),
    noisy(9, 40, { mean: 103.5, deviation: 10 }),
    {},
  );
  const quiet = Array.from({ length: 19 }, (_, i) =>
    metric(noisy(100 + i, 40, BLUE), noisy(200 + i, 40, BLUE), {}),
  );

  it('are twenty chances of a false alarm, unless Holm says how sure each must be', () => {
    const names = (comparisons: 'holm' | 'each-alone', all: readonly MetricSamples[]): string =>
      classifyMetrics(all, { ...SETTINGS, comparisons })[0]?.classification ?? '';

    expect(names('each-alone', [doubtful, ...quiet])).toBe('High');
    expect(names('holm', [doubtful])).toBe('High');
    expect(names('holm', [doubtful, ...quiet])).toBe('Pass');
  });

  it('keep their own figures', () => {
    const [alone] = classifyMetrics([doubtful], { ...SETTINGS, comparisons: 'holm' });
    const [among] = classifyMetrics([doubtful, ...quiet], { ...SETTINGS, comparisons: 'holm' });

    expect(among?.pValue).toBe(alone?.pValue);
    expect(among?.shift).toEqual(alone?.shift);
  });
});

describe('a share of rare events', () => {
  /** Blue has many requests a period and green few; both fail 0.3 %. */
  const control = noisy(10, 120, { mean: 0.3, deviation: 0.01 });
  const lumps = Array.from({ length: 120 }, (_, i) => (i % 10 < 7 ? 1 / 3 : 0.24));

  it('on few requests ranks above one on many, and only the totals know better', () => {
    const totals = {
      control: { events: 36_000, trials: 12_000_000 },
      experiment: { events: 108, trials: 36_000 },
    };
    const [ranks, both] = classifyMetrics(
      [metric(control, lumps, {}), { ...metric(control, lumps, {}), totals }],
      SETTINGS,
    );

    expect(ranks?.classification).toBe('High');
    expect(both?.classification).toBe('Pass');
    expect(both?.effect).toBeCloseTo(1, 9);
  });

  it('that is really higher is higher in its totals as well', () => {
    const totals = {
      control: { events: 36_000, trials: 12_000_000 },
      experiment: { events: 180, trials: 36_000 },
    };
    const [result] = classifyMetrics([{ ...metric(control, lumps, {}), totals }], SETTINGS);

    expect(result?.classification).toBe('High');
  });
});

it('judges the same whatever the order of samples', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 8 }),
      (series) => {
        const control = noisy(11, 20, BLUE);

        expect(classifyMetrics([metric(control, series.toReversed(), {})], SETTINGS)).toEqual(
          classifyMetrics([metric(control, series, {})], SETTINGS),
        );
      },
    ),
    { numRuns: 50 },
  );
});

function classify(experiment: readonly number[], rules: Partial<MetricRules>): ClassifiedMetric {
  const [result] = classifyMetrics([metric(noisy(1, 60, BLUE), experiment, rules)], SETTINGS);
  if (result === undefined) throw new Error('no metric came back');
  return result;
}

function metric(
  control: readonly number[],
  experiment: readonly number[],
  rules: Partial<MetricRules>,
): MetricSamples {
  return { name: 'latency', control, experiment, rules: { ...DEFAULT_RULES, ...rules } };
}

function ratio(limits: Parameters<typeof effectLimits>[1]): Pick<MetricRules, 'effect'> {
  return { effect: effectLimits('mean-ratio', limits) };
}

function cles(limits: Parameters<typeof effectLimits>[1]): Pick<MetricRules, 'effect'> {
  return { effect: effectLimits('cles', limits) };
}

function constant(value: number): readonly number[] {
  return Array.from({ length: 20 }, () => value);
}

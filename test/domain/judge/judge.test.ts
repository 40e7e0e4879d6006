import type { MetricSamples } from '#domain/judge/classify-metrics.ts';
import { judge, type JudgeSettings } from '#domain/judge/judge.ts';
import { DEFAULT_RULES, type MetricRules } from '#domain/judge/metric-rules.ts';
import { scoreMetrics, type ScoredMetric } from '#domain/judge/score.ts';
import { DEFAULT_THRESHOLDS } from '#domain/judge/verdict-thresholds.ts';
import { noisy } from './series.ts';

const SETTINGS: JudgeSettings = {
  confidence: 0.98,
  fewestSamples: 8,
  comparisons: 'each-alone',
  thresholds: DEFAULT_THRESHOLDS,
  groupWeights: {},
  names: { experiment: 'green', control: 'blue' },
};

describe('the score', () => {
  const pass = scored({});
  const high = scored({ classification: 'High' });
  const none = scored({ classification: 'Nodata' });

  it.each([
    ['all pass', [pass, pass], {}, 100],
    ['one of two fails', [pass, high], {}, 50],
    ['one of three fails', [pass, pass, high], {}, 66.67],
    ['what has no data is left out', [pass, high, pass, none], {}, 66.67],
    ['what must have data and has none fails', [pass, { ...none, mustHaveData: true }], {}, 50],
    ['half of all has no data', [pass, none], {}, 0],
    ['a critical metric fails', [pass, pass, { ...high, isCriticalFailure: true }], {}, 0],
    ['groups weigh as told', [inGroup(pass, 'a'), inGroup(high, 'b')], { a: 80, b: 20 }, 80],
    [
      'groups without a weight share the rest',
      [inGroup(pass, 'a'), inGroup(high, 'b'), inGroup(pass, 'c')],
      { a: 40 },
      70,
    ],
    [
      'a metric counts in each of its groups',
      [{ ...high, groups: ['a', 'b'] }, inGroup(pass, 'b')],
      { a: 50, b: 50 },
      25,
    ],
    [
      'a group without data takes nothing away',
      [inGroup(pass, 'a'), inGroup(high, 'a'), inGroup(none, 'b')],
      { a: 50, b: 50 },
      75,
    ],
  ] as const)('when %s', (_, metrics, weights, score) => {
    expect(scoreMetrics(metrics, weights).score).toBe(score);
  });
});

describe('the verdict', () => {
  const good = metric('good', 100);
  const bad = metric('bad', 130);

  it.each([
    ['pass', [good, good], 100],
    ['marginal', [good, good, good, bad], 75],
    ['fail', [good, bad], 50],
    ['fail', [good, good, good, metric('bad', 130, { critical: true })], 0],
    ['fail', [good, metric('empty', null)], 0],
    ['nodata', [metric('empty', null), metric('empty', null)], 0],
    ['nodata', [metric('empty', null, { critical: true })], 0],
  ] as const)('is %s', (verdict, metrics, score) => {
    expect(judge(metrics, SETTINGS)).toMatchObject({ verdict, score });
  });

  it('gives the reason for each metric in words', () => {
    const { metrics } = judge([metric('bad', 130), metric('empty', null)], SETTINGS);

    expect(metrics.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(
        /^green is above blue: shift \d+\.\d+ \(98 % interval .+\), mean × 1\.\d+$/u,
      ),
      'too little data: green has 0 samples and blue 60, at least 8 each are needed',
    ]);
  });
});

function metric(
  name: string,
  mean: number | null,
  rules: Partial<MetricRules> = {},
): MetricSamples {
  const experiment = mean === null ? [] : noisy(2, 60, { mean, deviation: 10 });
  return {
    name,
    rules: { ...DEFAULT_RULES, groups: ['all'], ...rules },
    control: noisy(1, 60, { mean: 100, deviation: 10 }),
    experiment,
  };
}

function scored(changes: Partial<ScoredMetric>): ScoredMetric {
  return {
    classification: 'Pass',
    isCriticalFailure: false,
    mustHaveData: false,
    groups: ['all'],
    ...changes,
  };
}

function inGroup(metric: ScoredMetric, group: string): ScoredMetric {
  return { ...metric, groups: [group] };
}

import { parseCanaryConfig } from '#clients/judge/canary-config.ts';

/** The shape of the sample configurations in Kayenta's documentation. */
const FULL = {
  name: 'golden signals',
  description: '',
  configVersion: '1',
  applications: ['shop'],
  judge: { name: 'NetflixACAJudge-v1.0', judgeConfigurations: {} },
  metrics: [
    {
      name: 'http errors',
      query: { type: 'prometheus', metricName: 'errors', serviceType: 'prometheus' },
      groups: ['errors'],
      analysisConfigurations: {
        canary: {
          direction: 'increase',
          nanStrategy: 'replace',
          critical: true,
          mustHaveData: true,
          effectSize: { allowedIncrease: 1.1, criticalIncrease: 5 },
          outliers: { strategy: 'remove', outlierFactor: 2 },
        },
      },
      scopeName: 'default',
    },
    { name: 'cpu', groups: ['system'], analysisConfigurations: { canary: {} } },
    { name: 'latency', groups: ['system'] },
  ],
  templates: {},
  classifier: {
    groupWeights: { errors: 60, system: 40 },
    scoreThresholds: { pass: 90, marginal: 60 },
  },
};

const KAYENTA_DEFAULTS = {
  direction: 'either',
  critical: false,
  mustHaveData: false,
  tolerance: 0.25,
  missing: 'remove',
  outlierFactor: null,
  effect: {
    measure: 'mean-ratio',
    allowedIncrease: 1,
    allowedDecrease: 1,
    criticalIncrease: 1,
    criticalDecrease: 1,
  },
};

describe('a Kayenta canary configuration', () => {
  it('is carried over, with Kayenta’s defaults where it says nothing', () => {
    expect(parse(FULL)).toEqual({
      kind: 'config',
      config: {
        isPlainKayenta: true,
        ignored: [],
        groupWeights: { errors: 60, system: 40 },
        thresholds: { pass: 90, marginal: 60 },
        metrics: [
          {
            name: 'http errors',
            rules: {
              direction: 'increase',
              critical: true,
              mustHaveData: true,
              tolerance: 0.25,
              missing: 'zero',
              outlierFactor: 2,
              effect: { ...KAYENTA_DEFAULTS.effect, allowedIncrease: 1.1, criticalIncrease: 5 },
              groups: ['errors'],
            },
          },
          { name: 'cpu', rules: { ...KAYENTA_DEFAULTS, groups: ['system'] } },
          { name: 'latency', rules: { ...KAYENTA_DEFAULTS, groups: ['system'] } },
        ],
      },
    });
  });

  it('without a judge, thresholds, weights or groups is one all the same', () => {
    const parsed = parse({ metrics: [{ name: 'cpu' }], classifier: null, judge: null });

    expect(parsed).toMatchObject({
      config: {
        isPlainKayenta: false,
        groupWeights: {},
        thresholds: { pass: 95, marginal: 75 },
        metrics: [{ name: 'cpu', rules: { groups: [] } }],
      },
    });
  });

  it('measures pairs instead of means where it says so; then no effect is even odds', () => {
    expect(
      parse(canary({ effectSize: { measure: 'cles', allowedIncrease: '0.7' } })),
    ).toMatchObject({
      config: {
        metrics: [
          { rules: { effect: { measure: 'cles', allowedIncrease: 0.7, allowedDecrease: 0.5 } } },
        ],
      },
    });
  });

  it('keeps all outliers, or drops those beyond three interquartile ranges', () => {
    expect(parse(canary({ outliers: { strategy: 'remove' } }))).toMatchObject({
      config: { metrics: [{ rules: { outlierFactor: 3 } }] },
    });
    expect(parse(canary({ outliers: { strategy: 'keep', outlierFactor: 3 } }))).toMatchObject({
      config: { metrics: [{ rules: { outlierFactor: null } }] },
    });
  });

  it('has what it does not understand told: a typing error would change the verdict', () => {
    const config = canary({ critcal: true, effectSize: { allowedIncrese: 2 }, outliers: { k: 1 } });

    expect(parse(config)).toMatchObject({
      config: {
        ignored: [
          'metrics[0].analysisConfigurations.canary.critcal',
          'metrics[0].analysisConfigurations.canary.effectSize.allowedIncrese',
          'metrics[0].analysisConfigurations.canary.outliers.k',
        ],
      },
    });
  });

  it.each([
    ['no list of metrics', {}, '1:1 metrics: nothing'],
    ['no metric', { metrics: [] }, '2:14 metrics: an empty list'],
    [
      'a direction that is none',
      canary({ direction: 'up' }),
      '7:24 metrics.0.analysisConfigurations.canary.direction: "up"',
    ],
    [
      'a metric twice',
      { metrics: [{ name: 'a' }, { name: 'a' }] },
      '7:15 metrics.1.name: the same metric again',
    ],
    [
      'weights above 100',
      { metrics: [{ name: 'a' }], classifier: { groupWeights: { a: 60, b: 50 } } },
      '8:21 classifier.groupWeights: weights of 110 together',
    ],
    [
      'a pass below marginal',
      { metrics: [{ name: 'a' }], classifier: { scoreThresholds: { pass: 50 } } },
      '8:5 classifier.scoreThresholds.marginal: 75, above pass',
    ],
  ])('is refused with line, column and field for %s', (_, config, problem) => {
    const parsed = parse(config);
    const [first] = parsed.kind === 'invalid' ? parsed.problems : [];

    expect(`${first?.line}:${first?.column} ${first?.path.join('.')}: ${first?.found}`).toBe(
      problem,
    );
  });

  it('that is no JSON is refused where it breaks off', () => {
    const parsed = parseCanaryConfig('{ "metrics": [', 'c.json');

    expect(parsed.kind === 'invalid' && parsed.problems[0]).toMatchObject({ line: 1, column: 15 });
  });
});

function parse(config: unknown): ReturnType<typeof parseCanaryConfig> {
  return parseCanaryConfig(JSON.stringify(config, null, 2), 'c.json');
}

function canary(canary: unknown): unknown {
  return { metrics: [{ name: 'cpu', analysisConfigurations: { canary } }] };
}

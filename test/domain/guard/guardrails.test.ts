import * as fc from 'fast-check';
import type { GuardReading, GuardVerdict } from '#domain/guard/guard-reading.ts';
import type { Guardrail } from '#domain/guard/guardrail-rules.ts';
import { judgeGuardrails } from '#domain/guard/guardrails.ts';
import type { ColourPoint, SourceWindow } from '#domain/guard/traffic-window.ts';
import { LOOKBACK_PERIODS } from '#domain/guard/guardrail-rules.ts';
import { SeededRandom } from '#sandbox/aws/core/seeded-random.ts';

const NOW = 1_000_000;
const PERIOD = 5;
const MISSING_SECONDS = 60;
const OPTIONS = { truthSource: 'app', missingDataSeconds: MISSING_SECONDS } as const;

const ERROR_RATE = { metric: 'error-rate', from: 'app', max: 1, minRequests: 50 } as const;
const P99 = { metric: 'latency-p99', from: 'app', max: 500, minRequests: 300 } as const;
const P90 = { ...P99, metric: 'latency-p90' } as const;
const P50 = { ...P99, metric: 'latency-p50' } as const;
const FEW_P99 = { ...P99, minRequests: 5 } as const;
const HEALTHY = { metric: 'healthy-targets', from: 'alb', min: 2, minRequests: 0 } as const;

/** Closed periods, oldest first, the last one ending now. */
function points(periods: readonly Partial<ColourPoint>[], period = PERIOD): ColourPoint[] {
  return periods.map((point, index) => ({
    startSeconds: NOW - (periods.length - index) * period,
    requests: 100,
    errors: 0,
    p50Ms: 20,
    p90Ms: 40,
    p99Ms: 80,
    ...point,
  }));
}

function repeat<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value);
}

function sourceWindow(changes: Partial<SourceWindow> = {}): SourceWindow {
  return { periodSeconds: PERIOD, closedUntilSeconds: NOW, blue: [], green: [], ...changes };
}

/** Green with users for an hour, at half of the weight, blue busy. */
function reading(
  green: readonly Partial<ColourPoint>[],
  changes: Partial<GuardReading> = {},
): GuardReading {
  return {
    greenPercent: 50,
    greenSinceSeconds: NOW - 3_600,
    sources: {
      app: sourceWindow({ green: points(green), blue: points(repeat(LOOKBACK_PERIODS, {})) }),
    },
    greenHealthyTargets: 4,
    ...changes,
  };
}

function judge(guardrails: readonly Guardrail[], of: GuardReading): GuardVerdict {
  return judgeGuardrails(guardrails, of, OPTIONS);
}

describe('the error-rate guardrail', () => {
  it.each([
    ['no errors', repeat(24, {})],
    ['1 error of 20 after calm', [...repeat(5, {}), { requests: 20, errors: 1 }]],
    ['2 errors of 20 after calm', [...repeat(5, {}), { requests: 20, errors: 2 }]],
    ['2 errors of 100', [{ errors: 2 }]],
    ['5 errors of 100 once', [...repeat(5, {}), { errors: 5 }]],
    ['exactly the limit all the time', repeat(24, { errors: 1 })],
    ['half of too few requests', [{ requests: 49, errors: 25 }]],
  ])('lets %s pass: one blip is no breach', (_, green) => {
    expect(judge([ERROR_RATE], reading(green))).toEqual({ kind: 'healthy' });
  });

  it.each([50, 60, 100, 1_000])(
    'sees a burst of 30 %% in the first period with enough requests, here %d',
    (requests) => {
      const verdict = judge(
        [ERROR_RATE],
        reading([...repeat(23, {}), { requests, errors: requests * 0.3 }]),
      );

      expect(verdict).toEqual({
        kind: 'breach',
        reasons: [
          `error-rate: green failed ${requests * 0.3} of ${requests} requests (30.0 %), the plan allows 1 %`,
        ],
      });
    },
  );

  it('sees a burst in green’s very first period', () => {
    expect(judge([ERROR_RATE], reading([{ requests: 50, errors: 15 }])).kind).toBe('breach');
  });

  it('puts small periods together until they are enough', () => {
    const trickle = repeat(5, { requests: 10, errors: 3 });

    expect(judge([ERROR_RATE], reading(trickle.slice(0, 4))).kind).toBe('healthy');
    // Newest 1, 2, 4, 8 …: five periods are looked at as a whole.
    expect(judge([ERROR_RATE], reading(trickle)).kind).toBe('breach');
  });

  it('sees a slow bleed of 3 % within the periods it looks back over', () => {
    expect(judge([ERROR_RATE], reading(repeat(LOOKBACK_PERIODS, { errors: 3 }))).kind).toBe(
      'breach',
    );
  });

  it('looks back over all of its periods: a bleed that only their whole length proves', () => {
    const bleed = [2, 2, 2, 2, 2, 2, 2, 2, 2, ...repeat(15, 1)].map((errors) => ({
      requests: 50,
      errors,
    }));

    expect(judge([ERROR_RATE], reading(bleed.slice(-16))).kind).toBe('healthy');
    expect(judge([ERROR_RATE], reading(bleed)).kind).toBe('breach');
  });

  it('looks back no further, however much it is given', () => {
    const old = [...repeat(60, { errors: 100 }), ...repeat(LOOKBACK_PERIODS, {})];

    expect(judge([ERROR_RATE], reading(old)).kind).toBe('healthy');
  });

  it('forgives nothing where the plan allows nothing', () => {
    expect(judge([{ ...ERROR_RATE, max: 0 }], reading([{ errors: 1 }])).kind).toBe('breach');
    expect(judge([{ ...ERROR_RATE, max: 0 }], reading(repeat(24, {}))).kind).toBe('healthy');
  });

  it('never breaks at a limit of 100 %', () => {
    expect(judge([{ ...ERROR_RATE, max: 100 }], reading([{ errors: 100 }])).kind).toBe('healthy');
  });

  it('does not hold against green what happened before its first user', () => {
    const smoke = [...repeat(3, { errors: 90 }), ...repeat(3, {})];
    const since = NOW - 3 * PERIOD;

    expect(judge([ERROR_RATE], reading(smoke, { greenSinceSeconds: since })).kind).toBe('healthy');
    expect(judge([ERROR_RATE], reading(smoke, { greenSinceSeconds: null })).kind).toBe('healthy');
    // The period in which the first user came counts: users are in it.
    expect(judge([ERROR_RATE], reading(smoke, { greenSinceSeconds: since - 1 })).kind).toBe(
      'breach',
    );
  });

  it('is seldom wrong about a green at exactly its limit, and practically never at half of it', () => {
    const random = new SeededRandom(20_261_122);
    const breaches = (errorShare: number): number => {
      let count = 0;
      let window: readonly Partial<ColourPoint>[] = [];
      for (let look = 0; look < 1_000; look += 1) {
        let errors = 0;
        for (let request = 0; request < 100; request += 1)
          if (random.next() < errorShare) errors += 1;
        window = [...window, { errors }].slice(-LOOKBACK_PERIODS);
        if (judge([ERROR_RATE], reading(window)).kind === 'breach') count += 1;
      }
      return count;
    };

    // A thousand looks of 5 s are 80 minutes; the guard promises days.
    expect(breaches(0.01)).toBe(0);
    expect(breaches(0.005)).toBe(0);
    expect(breaches(0.03)).toBeGreaterThan(900);
  });
});

describe('a latency guardrail', () => {
  const busy = { requests: 300 };

  it.each([
    ['fast', repeat(6, busy)],
    ['at its limit', repeat(6, { ...busy, p99Ms: 500 })],
    ['slow in one period', [...repeat(5, busy), { ...busy, p99Ms: 900 }]],
    ['slow every other period', [{ ...busy, p99Ms: 900 }, busy, { ...busy, p99Ms: 900 }]],
    ['slow and fast again', [...repeat(4, { ...busy, p99Ms: 900 }), busy]],
    ['slow with too few requests', repeat(2, { requests: 20, p99Ms: 900 })],
  ])('lets a green pass that is %s', (_, green) => {
    expect(judge([P99], reading(green))).toEqual({ kind: 'healthy' });
  });

  it('breaks when green is slow twice in a row', () => {
    expect(judge([P99], reading([busy, ...repeat(2, { ...busy, p99Ms: 900 })]))).toEqual({
      kind: 'breach',
      reasons: ['latency-p99: green at 900 ms for 2 periods in a row, the plan allows 500 ms'],
    });
  });

  it('breaks at once when green is beyond five times its limit', () => {
    const verdict = judge([P99], reading([...repeat(5, busy), { ...busy, p99Ms: 2_501 }]));

    expect(verdict).toEqual({
      kind: 'breach',
      reasons: ['latency-p99: green at 2501 ms in one period, the plan allows 500 ms'],
    });
  });

  it.each([
    ['half of its requests are slower than one in a hundred may be', P99, { p50Ms: 510 }, 'breach'],
    ['half of its requests are at the limit', P99, { p50Ms: 500 }, 'healthy'],
    ['nobody knows its median', P99, { p50Ms: null }, 'healthy'],
    ['half are slower than one in ten may be', P90, { p50Ms: 510, p90Ms: 900 }, 'breach'],
    ['half are slower than half may be', P50, { p50Ms: 900 }, 'healthy'],
    ['there are so few that luck may do it', FEW_P99, { requests: 5, p50Ms: 510 }, 'healthy'],
    ['there are few, and too many for luck', FEW_P99, { requests: 20, p50Ms: 510 }, 'breach'],
  ] as const)('of one slow period in which %s: %#', (_, guardrail, slow, kind) => {
    const green = [...repeat(5, busy), { ...busy, p99Ms: 1_200, ...slow }];

    expect(judge([guardrail], reading(green)).kind).toBe(kind);
  });

  it('says that half of the requests are beyond the limit', () => {
    const slow = { ...busy, p50Ms: 510, p99Ms: 1_200 };

    expect(judge([P99], reading([busy, slow]))).toEqual({
      kind: 'breach',
      reasons: [
        'latency-p99: green at 1200 ms in one period, half of its requests above 510 ms, the plan allows 500 ms',
      ],
    });
  });

  it('takes the smallest median of small periods that are one sample', () => {
    const slow = { requests: 150, p50Ms: 510, p99Ms: 900 };

    expect(judge([P99], reading([slow, slow])).kind).toBe('breach');
    expect(judge([P99], reading([slow, { ...slow, p50Ms: 490 }])).kind).toBe('healthy');
    expect(judge([P99], reading([slow, { ...slow, p50Ms: null }])).kind).toBe('healthy');
  });

  it('lets every period pass whose percentile keeps its limit, however slow the median is said to be', () => {
    const period = fc.record({ requests: fc.integer({ min: 1, max: 900 }), p50Ms: fc.nat(3_000) });
    fc.assert(
      fc.property(period, fc.constantFrom(P90, P99), ({ requests, p50Ms }, guardrail) => {
        const kept = { requests, p50Ms, p90Ms: 500, p99Ms: 500 };

        expect(judge([{ ...guardrail, minRequests: 1 }], reading([{}, kept])).kind).toBe('healthy');
      }),
    );
  });

  it('puts small periods together, so that a slow green with few users is seen too (I4)', () => {
    const slow = repeat(LOOKBACK_PERIODS, { requests: 50, p99Ms: 900 });

    expect(judge([P99], reading(slow)).kind).toBe('breach');
    expect(judge([P99], reading([...slow.slice(0, 9), { requests: 50 }])).kind).toBe('healthy');
    expect(judge([P99], reading(repeat(6, { requests: 50, p99Ms: 2_600 }))).kind).toBe('breach');
  });

  it('does not let quiet periods between busy ones hide that both were slow', () => {
    const slow = { ...busy, p99Ms: 900 };

    expect(judge([P99], reading([slow, { requests: 10 }, slow])).kind).toBe('breach');
  });

  it.each(['latency-p50', 'latency-p90', 'latency-p99'] as const)(
    '%s reads its own percentile',
    (metric) => {
      const slow = { 'latency-p50': 'p50Ms', 'latency-p90': 'p90Ms', 'latency-p99': 'p99Ms' };
      const guardrail = { metric, from: 'app', max: 500, minRequests: 0 };
      for (const [other, field] of Object.entries(slow))
        expect(judge([guardrail], reading(repeat(3, { [field]: 600 }))).kind).toBe(
          other === metric ? 'breach' : 'healthy',
        );
    },
  );
});

describe('the healthy-targets guardrail', () => {
  it.each([
    [4, 'healthy'],
    [2, 'healthy'],
    [1, 'breach'],
    [0, 'breach'],
  ])('at least 2: %d is %s', (greenHealthyTargets, kind) => {
    expect(judge([HEALTHY], reading([{}], { greenHealthyTargets })).kind).toBe(kind);
  });

  it('says nothing of what could not be read: the guard keeps a clock for that', () => {
    expect(judge([HEALTHY], reading([{}], { greenHealthyTargets: null })).kind).toBe('healthy');
  });

  it('says nothing while green has no users', () => {
    const idle = { greenHealthyTargets: 0, greenSinceSeconds: null };

    expect(judge([HEALTHY], reading([{}], idle)).kind).toBe('healthy');
  });
});

describe('missing data', () => {
  const blueBusy = points(repeat(LOOKBACK_PERIODS, {}));

  function silent(
    blue: readonly ColourPoint[],
    changes: Partial<GuardReading> = {},
    green: readonly ColourPoint[] = [],
  ): GuardReading {
    return { ...reading([]), sources: { app: sourceWindow({ blue, green }) }, ...changes };
  }

  it('of green, while blue is busy, sends traffic back (I4)', () => {
    expect(judge([ERROR_RATE], silent(blueBusy))).toEqual({
      kind: 'green-missing',
      reasons: ['no request of green in source app for 60 s, while blue counted 1200'],
    });
  });

  it('of both calls people instead of moving anybody (I4)', () => {
    expect(judge([ERROR_RATE], silent([]))).toEqual({
      kind: 'both-missing',
      reasons: [
        'no request of green in source app for 60 s, and none of blue: the source itself may be gone',
      ],
    });
  });

  it.each([
    [1, 600, 'healthy'],
    [1, 720, 'green-missing'],
    [5, 120, 'healthy'],
    [5, 144, 'green-missing'],
    [50, 6, 'healthy'],
    [50, 12, 'green-missing'],
    [99, 1, 'green-missing'],
  ])(
    'of green at %d %% while blue counted %d requests is %s: with few expected, silence is luck',
    (greenPercent, requests, kind) => {
      const blue = points(repeat(12, { requests: requests / 12 }));

      expect(judge([ERROR_RATE], silent(blue, { greenPercent })).kind).toBe(kind);
    },
  );

  it('at 100 % of green: its silence is missing when blue still counts, a matter for people when nothing does', () => {
    const everything = { greenPercent: 100 };

    expect(judge([ERROR_RATE], silent(points([{ requests: 1 }]), everything)).kind).toBe(
      'green-missing',
    );
    expect(judge([ERROR_RATE], silent([], everything)).kind).toBe('both-missing');
  });

  it('of blue alone is expected when green has everything, and fine when it has not', () => {
    const green = points(repeat(12, {}));

    for (const greenPercent of [50, 100])
      expect(judge([ERROR_RATE], silent([], { greenPercent }, green)).kind).toBe('healthy');
  });

  it('is judged only once green has had users for as long as data may be missing', () => {
    const young = (seconds: number) => silent(blueBusy, { greenSinceSeconds: NOW - seconds });

    expect(judge([ERROR_RATE], young(MISSING_SECONDS - 1)).kind).toBe('healthy');
    expect(judge([ERROR_RATE], young(MISSING_SECONDS)).kind).toBe('green-missing');
    expect(judge([ERROR_RATE], silent(blueBusy, { greenSinceSeconds: null })).kind).toBe('healthy');
  });

  it('is judged only once green had weight for as long, however long ago its first user was', () => {
    const audible = (seconds: number) =>
      silent(blueBusy, { greenAudibleSinceSeconds: NOW - seconds });

    expect(judge([ERROR_RATE], audible(MISSING_SECONDS - 1)).kind).toBe('healthy');
    expect(judge([ERROR_RATE], audible(MISSING_SECONDS)).kind).toBe('green-missing');
  });

  it('needs the whole time without a request: one within it, or half within it, is life', () => {
    const one = (startSeconds: number) => points([{ startSeconds, requests: 1 }]);
    const inside = NOW - MISSING_SECONDS;

    expect(judge([ERROR_RATE], silent(blueBusy, {}, one(inside))).kind).toBe('healthy');
    expect(judge([ERROR_RATE], silent(blueBusy, {}, one(inside - 1))).kind).toBe('healthy');
    expect(judge([ERROR_RATE], silent(blueBusy, {}, one(inside - PERIOD))).kind).toBe(
      'green-missing',
    );
  });

  it('is not invented where a period is longer than the time that data may be missing', () => {
    const window = sourceWindow({
      periodSeconds: 60,
      blue: points(repeat(24, {}), 60),
      green: points(repeat(24, {}), 60),
    });
    const options = { truthSource: 'app', missingDataSeconds: 30 };

    expect(
      judgeGuardrails([ERROR_RATE], { ...reading([]), sources: { app: window } }, options).kind,
    ).toBe('healthy');
  });

  it('of a source that only a guardrail reads counts like that of the truth source (I4)', () => {
    const both = {
      app: sourceWindow({ blue: blueBusy }),
      alb: sourceWindow({ blue: blueBusy, green: blueBusy }),
    };
    const verdict = judgeGuardrails(
      [ERROR_RATE],
      { ...reading([]), sources: both },
      { ...OPTIONS, truthSource: 'alb' },
    );

    expect(verdict).toEqual({
      kind: 'green-missing',
      reasons: ['no request of green in source app for 60 s, while blue counted 1200'],
    });
  });

  it('of a latency that a guardrail limits is missing data, however many requests there are (I4)', () => {
    const blind = points(repeat(24, { p99Ms: null }));
    const withBlue = (blue: readonly ColourPoint[]) =>
      judge([ERROR_RATE, P99], silent(blue, {}, blind));

    expect(withBlue(blueBusy)).toEqual({
      kind: 'green-missing',
      reasons: ['no latency-p99 of green in source app for 60 s, while blue counted 1200'],
    });
    expect(withBlue(blind).kind).toBe('both-missing');
    expect(judge([ERROR_RATE], silent(blueBusy, {}, blind)).kind).toBe('healthy');
  });

  it('of green in one source outweighs the loss of another source as a whole', () => {
    const both = { app: sourceWindow(), alb: sourceWindow({ blue: blueBusy }) };
    const verdict = judgeGuardrails(
      [ERROR_RATE],
      { ...reading([]), sources: both },
      { ...OPTIONS, truthSource: 'alb' },
    );

    expect(verdict.kind).toBe('green-missing');
  });

  it('of a source that was not read at all is left to the guard’s own clock', () => {
    expect(judge([ERROR_RATE], { ...reading([]), sources: {} }).kind).toBe('healthy');
  });

  it('comes after a breach: what is seen is worse than what is not', () => {
    const verdict = judge([ERROR_RATE, HEALTHY], silent(blueBusy, { greenHealthyTargets: 0 }));

    expect(verdict.kind).toBe('breach');
  });
});

describe('the verdict', () => {
  it('names every guardrail that broke', () => {
    const verdict = judge(
      [ERROR_RATE, P99, HEALTHY],
      reading(repeat(3, { requests: 300, errors: 100, p99Ms: 900 }), { greenHealthyTargets: 0 }),
    );

    expect(verdict.kind === 'breach' ? verdict.reasons.length : 0).toBe(3);
  });

  it('is a pure function of the window: asked again, in any order, it is the same', () => {
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 6 }), (readings) => {
        const first = readings.map((one) => JSON.stringify([one, judgeAll(one)]));
        const again = readings.toReversed().map((one) => JSON.stringify([one, judgeAll(one)]));

        expect(again.toReversed()).toEqual(first);
      }),
    );
  });

  it('does not depend on the order of the guardrails, but for the order of reasons', () => {
    fc.assert(
      fc.property(anyReading, (one) => {
        const reversed = judge([HEALTHY, P99, ERROR_RATE], one);

        expect(reversed.kind).toBe(judgeAll(one).kind);
      }),
    );
  });

  it('gets no better by more errors in the newest period', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 1, maxLength: 24 }),
        fc.nat(100),
        (all, more) => {
          const worse = [...all.slice(0, -1), Math.min(100, (all.at(-1) ?? 0) + more)];
          const kindOf = (errors: readonly number[]): string =>
            judge([ERROR_RATE], reading(errors.map((count) => ({ errors: count })))).kind;

          expect(kindOf(all) === 'breach' && kindOf(worse) !== 'breach').toBe(false);
        },
      ),
    );
  });
});

function judgeAll(one: GuardReading): GuardVerdict {
  return judge([ERROR_RATE, P99, HEALTHY], one);
}

const anyPoints = fc
  .array(
    fc.record({
      requests: fc.nat(600),
      errorShare: fc.double({ min: 0, max: 0.1, noNaN: true }),
      p99Ms: fc.option(fc.nat(3_000)),
    }),
    { maxLength: 30 },
  )
  .map((all) =>
    points(
      all.map(({ requests, errorShare, p99Ms }) => ({
        requests,
        errors: Math.floor(requests * errorShare),
        p99Ms,
      })),
    ),
  );

const anyReading: fc.Arbitrary<GuardReading> = fc
  .record({
    green: anyPoints,
    blue: anyPoints,
    greenPercent: fc.nat(100),
    greenSinceSeconds: fc.option(fc.nat(400).map((ago) => NOW - ago)),
    greenHealthyTargets: fc.option(fc.nat(4)),
  })
  .map(({ green, blue, ...rest }) => ({
    ...rest,
    sources: { app: sourceWindow({ green, blue }) },
  }));

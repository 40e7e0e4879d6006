import * as fc from 'fast-check';
import { parseMessage } from '#domain/migration/messages.ts';
import { parsePlanChanges } from '#domain/amendment/parse-plan-changes.ts';
import { changesFrom } from '#domain/amendment/plan-changes.ts';
import { planWith, problemsOf, rightPlan, route } from '#test/domain/plan/plan-builder.ts';

/** A source of every kind. */
const SOURCES = {
  alb: { with: 'cloudwatch-alb' },
  prom: {
    with: 'prometheus',
    url: 'http://prometheus:9090',
    queries: { requests: 'x{c="{{cluster}}"}', errors: 'y{c="{{cluster}}"}' },
  },
};

const BASE = rightPlan(planWith({})).spec;

function problemOf(changes: unknown): string {
  const parsed = parsePlanChanges(changes);
  return parsed.ok ? 'none' : parsed.problem;
}

/** A plan file's field, how it is written, and what it is after parsing. */
interface Field {
  readonly name: string;
  readonly inFile: (written: string) => Readonly<Record<string, unknown>>;
  readonly inChanges: (seconds: number) => unknown;
  readonly least: number;
  readonly most: number;
}

const group = (bake: string) => [{ name: 'storefront', bake, routes: [route(1)] }];

/** A source that keeps whatever the schema allows. */
const FINEST = {
  interval: '1s',
  sources: { app: { with: 'cloudwatch', namespace: 'Shop', period: '1s', lateness: '0s' } },
};

const DURATIONS: readonly Field[] = [
  {
    name: 'a bake',
    inFile: (bake) => ({ 'spec.traffic.groups': group(bake), 'spec.analysis': FINEST }),
    inChanges: (bakeSeconds) => ({ traffic: { groups: { storefront: { bakeSeconds } } } }),
    least: 1,
    most: 30 * 86_400,
  },
  {
    name: 'the longest bake',
    inFile: (bakeAtMost) => ({
      'spec.traffic.groups': [{ name: 'storefront', bakeAtMost, routes: [route(1)] }],
    }),
    inChanges: (bakeAtMostSeconds) => ({
      traffic: { groups: { storefront: { bakeAtMostSeconds } } },
    }),
    least: 1,
    most: 90 * 86_400,
  },
  {
    name: 'the promise',
    inFile: (written) => ({
      'spec.traffic.promise.rollbackWithin': written,
      'spec.analysis': FINEST,
    }),
    inChanges: (rollbackWithinSeconds) => ({ traffic: { promise: { rollbackWithinSeconds } } }),
    least: 1,
    most: 3_600,
  },
  {
    name: 'shedding',
    inFile: (written) => ({ 'spec.traffic.promise.shedWithin': written }),
    inChanges: (shedWithinSeconds) => ({ traffic: { promise: { shedWithinSeconds } } }),
    least: 0,
    most: 86_400,
  },
  {
    name: 'the interval',
    inFile: (written) => ({
      'spec.analysis.interval': written,
      'spec.analysis.missingData': '24h',
      'spec.traffic.groups': group('30d'),
    }),
    inChanges: (intervalSeconds) => ({ analysis: { intervalSeconds } }),
    least: 1,
    most: 3_600,
  },
  {
    name: 'missing data',
    inFile: (written) => ({
      'spec.analysis.missingData': written,
      'spec.analysis.interval': '1s',
    }),
    inChanges: (missingDataSeconds) => ({ analysis: { missingDataSeconds } }),
    least: 1,
    most: 86_400,
  },
  {
    name: 'the soak',
    inFile: (written) => ({ 'spec.soak.for': written }),
    inChanges: (forSeconds) => ({ soak: { forSeconds } }),
    least: 0,
    most: 90 * 86_400,
  },
  {
    name: 'the proof of idleness',
    inFile: (written) => ({ 'spec.drain.quiet': written }),
    inChanges: (quietSeconds) => ({ drain: { quietSeconds } }),
    least: 1,
    most: 7 * 86_400,
  },
  {
    name: 'a gate’s expiry',
    inFile: (written) => ({ 'spec.gates.retire.expires': written }),
    inChanges: (expiresSeconds) => ({ gates: { retire: { expiresSeconds } } }),
    least: 1,
    most: 90 * 86_400,
  },
];

describe('the changes of an amendment', () => {
  it.each(DURATIONS)('bound $name as the plan file does', ({ inFile, inChanges, least, most }) => {
    for (const seconds of [least - 1, least, most, most + 1]) {
      const isRight = seconds >= least && seconds <= most;
      if (seconds >= 0)
        expect(problemsOf(planWith(inFile(`${seconds}s`))).length === 0).toBe(isRight);
      expect(parsePlanChanges(inChanges(seconds)).ok).toBe(isRight);
    }
    expect(parsePlanChanges(inChanges(1.5)).ok).toBe(false);
  });

  it('take every guardrail and comparison that a plan file can have', () => {
    const metric = fc.constantFrom('latency-p50', 'latency-p90', 'latency-p99');
    const minRequests = fc.integer({ min: 0, max: 1_000_000 });
    const guardrail = fc.oneof(
      fc.record(
        {
          metric: fc.constant('error-rate'),
          max: fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
          minRequests,
        },
        { requiredKeys: ['metric', 'max'] },
      ),
      fc.record(
        {
          metric,
          max: fc.integer({ min: 1, max: 600_000 }).map((ms) => `${ms}ms`),
          minRequests,
        },
        { requiredKeys: ['metric', 'max'] },
      ),
      fc.record({
        metric: fc.constant('healthy-targets'),
        min: fc.integer({ min: 1, max: 1_000 }),
      }),
      fc.record(
        {
          metric: fc.constantFrom('connection-errors', 'load-balancer-5xx'),
          max: fc.constantFrom('0%', '0.5%', '100%'),
          consecutive: fc.integer({ min: 1, max: 10 }),
          window: fc.constantFrom('1s', '1h'),
        },
        { requiredKeys: ['metric', 'max'] },
      ),
      fc.record(
        {
          metric: fc.constant('alarm'),
          alarm: fc.constantFrom('shop-5xx', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x y'),
          window: fc.constantFrom('0s', '1h'),
        },
        { requiredKeys: ['metric', 'alarm'] },
      ),
      fc.record(
        {
          metric: fc.constant('promql'),
          from: fc.constant('prom'),
          query: fc.constant('up{c="{{cluster}}"}'),
          min: fc.double({ noNaN: true, noDefaultInfinity: true }),
          max: fc.double({ noNaN: true, noDefaultInfinity: true }),
        },
        { requiredKeys: ['metric', 'from', 'query', 'min'] },
      ),
      fc.record(
        {
          metric: fc.constant('probe'),
          url: fc.constant('http://green.internal/healthz'),
          expect: fc.integer({ min: 100, max: 599 }),
          timeout: fc.constantFrom('100ms', '5s'),
        },
        { requiredKeys: ['metric', 'url'] },
      ),
      fc.record(
        {
          metric: fc.constant('kubernetes'),
          crashLoops: fc.integer({ min: 0, max: 10_000 }),
          notReady: fc.constantFrom('0%', '100%'),
          window: fc.constantFrom('1s', '1h'),
        },
        { requiredKeys: ['metric'] },
      ),
    );
    const comparison = fc.record(
      {
        metric: fc.constantFrom('error-rate', 'latency-p50', 'latency-p90', 'latency-p99'),
        direction: fc.constantFrom('increase', 'either'),
        critical: fc.boolean(),
        allowedIncrease: fc.double({ min: 1, max: 100, noNaN: true }),
        tolerance: fc.double({ min: 0, max: 1, noNaN: true }),
      },
      { requiredKeys: ['metric'] },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(guardrail, { selector: (one) => one.metric, minLength: 1, maxLength: 5 }),
        fc.uniqueArray(comparison, { selector: (one) => one.metric, maxLength: 4 }),
        (guardrails, compare) => {
          const { spec } = rightPlan(
            planWith({
              'spec.analysis': { sources: SOURCES, truth: 'alb', guardrails, compare },
            }),
          );

          expect(problemOf(changesFrom(BASE, spec))).toBe('none');
        },
      ),
    );
  });

  it.each([
    ['a text', 'faster', '"changes" must be an object of traffic'],
    ['a list', [], '"changes" must be an object'],
    ['an unknown part', { blue: { cluster: 'x' } }, '"changes.blue" must be absent'],
    [
      'a route',
      { traffic: { groups: { a: { routes: [] } } } },
      '"changes.traffic.groups.a.routes"',
    ],
    ['a source', { analysis: { sources: {} } }, '"changes.analysis.sources" must be absent'],
    ['a strange group', { traffic: { groups: { 'a b': {} } } }, 'by name of the plan'],
    [
      'a weight of 0',
      { traffic: { groups: { a: { steps: [0, 100] } } } },
      'steps[0]" must be a whole',
    ],
    ['a weight above 100', { traffic: { groups: { a: { steps: [101] } } } }, 'from 1 to 100'],
    ['half a weight', { traffic: { groups: { a: { steps: [0.5, 100] } } } }, 'steps[0]'],
    ['no guardrail', { analysis: { guardrails: [] } }, 'a list of 1 to 50'],
    [
      'a guardrail that could never break',
      {
        analysis: {
          guardrails: [{ metric: 'error-rate', from: 'alb', max: '1%', minRequests: 1 }],
        },
      },
      'guardrails[0].max" must be a number from 0 to 100',
    ],
    [
      'a guardrail without a limit',
      { analysis: { guardrails: [{ metric: 'error-rate', from: 'alb', minRequests: 1 }] } },
      'guardrails[0].max" must be a number',
    ],
    [
      'an unknown metric',
      { analysis: { guardrails: [{ metric: 'constructor' }] } },
      'an object whose metric is one of',
    ],
    ['nothing as a duration', { soak: { forSeconds: null } }, '"changes.soak.forSeconds"'],
    ['too much', { soak: { forSeconds: 'x'.repeat(20_000) } }, 'at most 16 KB'],
  ])('are refused with %s, naming the field', (_, changes, why) => {
    expect(problemOf(changes)).toContain(why);
  });

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (changes) => {
        expect(typeof parsePlanChanges(changes).ok).toBe('boolean');
      }),
    );
  });

  it('are read in a message, with the basis they were made on', () => {
    const body = {
      id: '1',
      by: 'ada',
      reason: 'why',
      changes: { soak: { forSeconds: 60 } },
      basis: 2,
    };

    expect(parseMessage(body)).toEqual({ ok: true, message: body });
    expect(parseMessage({ ...body, basis: 1.5 })).toMatchObject({ ok: false });
    expect(parseMessage({ ...body, changes: { soak: 1 } })).toEqual({
      ok: false,
      problem: '"changes.soak" must be an object of forSeconds',
    });
  });
});

/** The rollback bench's arithmetic; the bench itself is a world and takes minutes. */
import { allCases, isForPeople, KINDS, someCases, STATES } from '../../bench/rollback/cases.ts';
import {
  endedWell,
  figuresOf,
  isMissed,
  spreadOf,
  type Observation,
} from '../../bench/rollback/figures.ts';
import {
  isRulesWell,
  rulesFigure,
  secondsForWrites,
  worstHitOf,
} from '../../bench/rollback/rules-figures.ts';
import { argoSeconds, flaggerSeconds } from '../../bench/rollback/peers.ts';

const PLAN = { intervalSeconds: 5, missingDataSeconds: 30 };

const observed = (given: Partial<Observation> = {}): Observation => ({
  name: 'a case',
  kind: '5xx burst',
  firstBadMs: 1_000,
  verdictMs: 9_000,
  answeredMs: null,
  weightsMs: 9_200,
  lastGreenMs: 11_500,
  failedRequests: 12,
  reason: 'error-rate',
  ending: 'rolled-back',
  ...given,
});

describe('the rollback bench', () => {
  it('breaks green in every way in every state, at least 30 times', () => {
    const cases = allCases(1);
    const kinds = new Set(cases.map(({ kind, state }) => `${kind} ${state.at} ${state.percent}`));

    expect(cases.length).toBeGreaterThanOrEqual(30);
    expect(kinds.size).toBe(KINDS.length * STATES.length);
    expect(new Set(cases.map(({ number }) => number)).size).toBe(cases.length);
  });

  it('looks quickly at different kinds in different states', () => {
    const few = someCases(allCases(1), 4);

    expect(new Set(few.map(({ kind }) => kind)).size).toBe(4);
    expect(new Set(few.map(({ state }) => state)).size).toBeGreaterThan(1);
    const all = someCases(allCases(1), 1_000);
    expect(new Set(all.map(({ number }) => number)).size).toBe(allCases(1).length);
  });

  it('measures from the first bad answer to the verdict, to the weights, to the last request on green', () => {
    expect(figuresOf([observed()], PLAN)).toMatchObject({
      failures: 1,
      missed: 0,
      intervalSeconds: 5,
      detectSeconds: { p50: 8, p99: 8 },
      verdictToWeightsSeconds: { p50: 0.2, p99: 0.2 },
      firstBadToRestoredSeconds: { p50: 10.5, p99: 10.5 },
      failedRequests: { p50: 12, p99: 12, total: 12 },
      metricsOutage: null,
    });
  });

  it('counts a failure without verdict, without weights or without a bad answer as missed', () => {
    const missed = [
      observed({ verdictMs: null }),
      observed({ weightsMs: null }),
      observed({ firstBadMs: null }),
    ];

    expect(missed.map(isMissed)).toEqual([true, true, true]);
    expect(figuresOf([observed(), ...missed], PLAN)).toMatchObject({ failures: 4, missed: 3 });
  });

  it('counts how migrations ended, and wants all of them rolled back', () => {
    const open = observed({ ending: 'still open: shift, ' });

    expect([observed(), open].map(endedWell)).toEqual([true, false]);
    expect(figuresOf([observed(), open, observed()], PLAN).outcomes).toEqual({
      'rolled-back': 2,
      'still open: shift, ': 1,
    });
  });

  it('tells exposure by kind, because each kind has physics of its own', () => {
    const slow = observed({ kind: 'latency x10', lastGreenMs: 14_000 });

    expect(figuresOf([observed(), slow], PLAN).byKind).toEqual({
      '5xx burst': {
        detectSeconds: { p50: 8, p99: 8 },
        firstBadToRestoredSeconds: { p50: 10.5, p99: 10.5 },
      },
      'latency x10': {
        detectSeconds: { p50: 8, p99: 8 },
        firstBadToRestoredSeconds: { p50: 13, p99: 13 },
      },
    });
  });

  it('keeps silence, which the plan waits out, apart from bad answers', () => {
    const silence = observed({ kind: 'metrics outage', verdictMs: 41_000, lastGreenMs: 43_000 });

    expect(figuresOf([observed(), silence], PLAN)).toMatchObject({
      failures: 2,
      detectSeconds: { p99: 8 },
      metricsOutage: { failures: 1, missingDataSeconds: 30, detectSeconds: { p50: 40 } },
    });
  });

  it('keeps halts that people answered apart from what the guard did alone', () => {
    const outage = { kind: 'metrics outage', name: 'metrics outage at 100 %, soak' } as const;
    const halt = observed({ ...outage, verdictMs: 41_000, answeredMs: 42_000, weightsMs: 42_500 });

    expect(figuresOf([observed(), halt], PLAN)).toMatchObject({
      missed: 0,
      verdictToWeightsSeconds: { p99: 0.2 },
      metricsOutage: null,
      people: { failures: 1, haltSeconds: { p50: 40 }, answerToWeightsSeconds: { p50: 0.5 } },
    });
    expect(allCases(1).filter(isForPeople)).toHaveLength(3);
  });

  it('tells of many rules how long the guard took, and what the limit of the API allows at best', () => {
    const limit = { burst: 40, ratePerSecond: 10 };
    const seen = {
      rules: 100,
      worst: worstHitOf(100),
      verdictMs: 1_000,
      worstAcceptedMs: 1_400,
      acceptedMs: 7_120,
      readBackMs: 7_300,
      reason: 'error-rate',
      ending: 'rolled-back',
    };

    expect(rulesFigure(seen, limit)).toEqual({
      rules: 100,
      worstHitRules: 10,
      verdictToWorstHitSeconds: 0.4,
      verdictToWeightsSeconds: 6.12,
      verdictToReadBackSeconds: 6.3,
      apiAllowsAtBestSeconds: 6,
      outcome: 'rolled-back',
    });
    expect([1, 20, 40, 41].map((rules) => secondsForWrites(rules, limit))).toEqual([0, 0, 0, 0.1]);
    expect([1, 20, 100].map(worstHitOf)).toEqual([0, 2, 10]);
  });

  it('is not content with many rules of which one was not read back, or whose migration did not end', () => {
    const well = rulesFigure(
      {
        rules: 1,
        worst: 0,
        verdictMs: 1,
        worstAcceptedMs: null,
        acceptedMs: 2,
        readBackMs: 3,
        reason: '',
        ending: 'rolled-back',
      },
      { burst: 40, ratePerSecond: 10 },
    );

    expect(isRulesWell(well)).toBe(true);
    expect(isRulesWell({ ...well, verdictToReadBackSeconds: null })).toBe(false);
    expect(isRulesWell({ ...well, outcome: 'still open: halted, ' })).toBe(false);
  });

  it('says nothing of nothing, and takes the nearest rank', () => {
    expect(spreadOf([])).toEqual({ p50: null, p99: null });
    expect(spreadOf([4, 1, 3, 2])).toEqual({ p50: 2, p99: 4 });
  });

  it('computes what others document', () => {
    expect([flaggerSeconds(60, 10), flaggerSeconds(5, 1)]).toEqual([600, 10]);
    expect([argoSeconds(300, 3), argoSeconds(5, 0)]).toEqual([900, 5]);
  });
});

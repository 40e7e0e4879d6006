import type { Guardrail } from '#domain/guard/guardrail-rules.ts';
import type { GuardReading } from '#domain/guard/guard-reading.ts';
import { judgeGuardrails } from '#domain/guard/guardrails.ts';
import type { Observation } from '#domain/guard/observations.ts';
import { baselinePercent } from '#domain/guard/observed-guardrails.ts';

const READING: GuardReading = {
  greenPercent: 50,
  greenSinceSeconds: 1_000,
  sources: {},
  greenHealthyTargets: 4,
};
const OPTIONS = { truthSource: 'app', missingDataSeconds: 60 } as const;

function judge(guardrail: Guardrail, observation: Observation, change: Partial<GuardReading> = {}) {
  return judgeGuardrails(
    [guardrail],
    { ...READING, observed: { 0: observation }, ...change },
    OPTIONS,
  );
}

describe('an alarm', () => {
  const alarm: Guardrail = { metric: 'alarm', alarm: 'shop-5xx' };
  const saying = (state: 'OK' | 'ALARM', forSeconds = 0): Observation => ({
    metric: 'alarm',
    state,
    forSeconds,
    reason: '3 datapoints were greater',
  });

  it('is a breach as soon as it is in ALARM: it has rules of its own', () => {
    expect(judge(alarm, saying('OK')).kind).toBe('healthy');
    expect(judge(alarm, saying('ALARM'))).toEqual({
      kind: 'breach',
      reasons: ['alarm: shop-5xx is in ALARM: 3 datapoints were greater'],
    });
  });

  it('must have lasted where the plan says so', () => {
    const lasting: Guardrail = { ...alarm, windowSeconds: 60 };

    expect(judge(lasting, saying('ALARM', 59)).kind).toBe('healthy');
    expect(judge(lasting, saying('ALARM', 60)).kind).toBe('breach');
    expect(judge(lasting, saying('ALARM', Infinity)).kind).toBe('breach');
  });

  it('says nothing before green has users', () => {
    expect(judge(alarm, saying('ALARM'), { greenSinceSeconds: null }).kind).toBe('healthy');
  });
});

describe('a query', () => {
  const query: Guardrail = { metric: 'promql', from: 'prom', query: 'q', max: 10 };
  const values = (...newestFirst: readonly number[]): Observation => ({
    metric: 'promql',
    values: newestFirst,
  });

  it.each([
    ['within its limit', query, [10, 11], 'healthy'],
    ['beyond it once', query, [11, 10], 'healthy'],
    ['beyond it at the only moment there is', query, [11], 'healthy'],
    ['beyond it twice in a row', query, [11, 12], 'breach'],
    ['beyond it at once where the plan says so', { ...query, consecutive: 1 }, [11], 'breach'],
    ['below its least', { ...query, min: 5 }, [4, 4], 'breach'],
    ['between both', { ...query, min: 5 }, [7, 7], 'healthy'],
  ] as const)('%s', (_, guardrail, newestFirst, kind) => {
    expect(judge(guardrail, values(...newestFirst)).kind).toBe(kind);
  });
});

describe('a probe', () => {
  const probe: Guardrail = { metric: 'probe', url: 'http://green/', expect: 200, timeoutMs: 1_000 };

  it('is a breach after three failures in a row', () => {
    const failing = (times: number): Observation => ({
      metric: 'probe',
      failures: Array.from({ length: times }, () => 'status 503'),
    });

    expect(judge(probe, failing(0)).kind).toBe('healthy');
    expect(judge(probe, failing(2)).kind).toBe('healthy');
    expect(judge(probe, failing(3))).toEqual({
      kind: 'breach',
      reasons: ['probe: http://green/ failed 3 times in a row: status 503'],
    });
  });
});

describe('a load balancer’s own 5xx', () => {
  const own: Guardrail = { metric: 'load-balancer-5xx', from: 'alb', max: 1, minRequests: 10 };
  const seen = (errors: number, baseline = 0, requests = 1_000): Observation => ({
    metric: 'load-balancer-5xx',
    loadBalancers: [
      {
        name: 'front-door',
        points: [{ startSeconds: 1_020, requests, errors }],
        baselinePercent: baseline,
      },
    ],
  });

  it('is measured by what blue’s time had', () => {
    expect(judge(own, seen(10)).kind).toBe('healthy');
    expect(judge(own, seen(50)).kind).toBe('breach');
    expect(judge(own, seen(50, 5)).kind).toBe('healthy');
  });

  it('counts requests that found no target, which are among no requests', () => {
    expect(judge(own, seen(20, 0, 0))).toMatchObject({
      kind: 'breach',
      reasons: [expect.stringContaining('20 of 20 requests')],
    });
    expect(baselinePercent([{ startSeconds: 0, requests: 0, errors: 5 }])).toBe(100);
    expect(baselinePercent([])).toBe(0);
  });

  it('before green’s first user is not held against it', () => {
    expect(judge(own, seen(500), { greenSinceSeconds: 2_000 }).kind).toBe('healthy');
  });
});

describe('green’s own health', () => {
  const kubernetes: Guardrail = { metric: 'kubernetes', crashLoops: 0, notReadyPercent: 10 };
  const fine = {
    crashLooping: [],
    nodes: { total: 10, notReady: [] },
    failingAddons: [],
    canaries: [],
  };
  const notReady = (count: number, forSeconds: number) => ({
    total: 10,
    notReady: Array.from({ length: count }, (_, index) => ({ name: `n${index}`, forSeconds })),
  });

  it.each([
    ['nothing', {}, 'healthy'],
    ['two crashes', { crashLooping: [{ pod: 'shop/a', restarts: 2 }] }, 'healthy'],
    ['a crash loop', { crashLooping: [{ pod: 'shop/a', restarts: 3 }] }, 'breach'],
    ['a node lost of ten', { nodes: notReady(1, 600) }, 'healthy'],
    ['two nodes lost of ten', { nodes: notReady(2, 60) }, 'breach'],
    ['two new nodes', { nodes: notReady(2, 59) }, 'healthy'],
    ['no node at all', { nodes: { total: 0, notReady: [] } }, 'breach'],
    ['a role that no longer trusts green', { untrusting: ['arn:role/shop'] }, 'hold'],
    ['a failing add-on', { failingAddons: ['coredns: DEGRADED'] }, 'hold'],
    ['a canary on its way', { canaries: ['shop/web: Progressing'] }, 'hold'],
  ] as const)('%s', (_, change, kind) => {
    expect(judge(kubernetes, { metric: 'kubernetes', health: { ...fine, ...change } }).kind).toBe(
      kind,
    );
  });

  it('hurt users go before what people should look at', () => {
    const health = { ...fine, nodes: notReady(5, 600), canaries: ['shop/web: Progressing'] };
    const verdict = judge(kubernetes, { metric: 'kubernetes', health });

    expect(verdict).toMatchObject({ kind: 'breach' });
    expect(JSON.stringify(verdict)).toContain('n0, n1, n2 and 2 more');
  });
});

import * as fc from 'fast-check';
import { nextOfRefresh, type InsightsRefresh } from '#domain/preflight/insight-refresh.ts';
import { insightFindings, type Insight } from '#domain/preflight/upgrade-insights.ts';

const NOW_MS = Date.UTC(2026, 10, 26);
const HOUR_MS = 3_600_000;
const WAY = { blue: { name: 'shop-blue', version: '1.34' }, targetVersion: '1.36' };

function insight(change: Partial<Insight> = {}): Insight {
  return {
    name: 'Deprecated APIs',
    kubernetesVersion: '1.35',
    status: 'PASSING',
    reason: 'used',
    refreshedAtMs: NOW_MS,
    recommendation: '',
    deprecations: [],
    ...change,
  };
}

function found(change: Partial<Insight>, notRefreshed: string | null = null) {
  return insightFindings({ found: [insight(change)], nowMs: NOW_MS, notRefreshed }, WAY);
}

function codesAt(hours: number, change: Partial<Insight> = {}, notRefreshed: string | null = null) {
  return found({ ...change, refreshedAtMs: NOW_MS - hours * HOUR_MS }, notRefreshed).map(
    ({ severity, code }) => `${severity} ${code}`,
  );
}

describe('insights', () => {
  it('that are in error say what EKS recommends and who asks, those that ask most first', () => {
    const clients = [
      { userAgent: 'old-operator/v0.1', requests: 3 },
      { userAgent: 'kubectl/v1.29', requests: 40 },
    ];
    const [error] = found({
      status: 'ERROR',
      recommendation: 'Update manifests.',
      deprecations: [{ usage: '/apis/x/v1beta1/ys', replacedWith: '/apis/x/v1/ys', clients }],
    });

    expect(error).toMatchObject({ code: 'insight-error', severity: 'block' });
    expect(error?.title).toContain(
      'asked for: /apis/x/v1beta1/ys by kubectl/v1.29 (40 requests in 30 days), old-operator/v0.1',
    );
    expect(error?.remedy).toBe('EKS recommends: Update manifests.');
  });

  it.each([
    [0, []],
    [24, []],
    [25, ['warn insight-unknown']],
  ])('that passed %i hours ago are %j', (hours, codes) => {
    expect(codesAt(hours)).toEqual(codes);
  });

  it('that could not be refreshed say so, and block as they did', () => {
    expect(codesAt(5, { status: 'ERROR' }, 'denied')).toEqual([
      'block insight-error',
      'info insights-not-refreshed',
    ]);
    expect(codesAt(30, {}, 'denied')).toEqual(['warn insight-unknown']);
  });

  it('that are not there are not good news, unless nothing is upgraded', () => {
    const facts = { found: [], nowMs: NOW_MS, notRefreshed: null };

    expect(insightFindings(facts, WAY)).toMatchObject([{ code: 'insight-unknown' }]);
    expect(insightFindings(facts, { ...WAY, targetVersion: '1.34' })).toEqual([]);
  });

  it('are bounded in what they say, whatever EKS says', () => {
    const client = { userAgent: 'a/1', requests: 1 };
    const clients = Array.from({ length: 50 }, () => client);
    const use = { usage: '/apis/a/v1/b', replacedWith: '', clients };
    const [error] = found({
      status: 'ERROR',
      recommendation: 'x'.repeat(10_000),
      deprecations: Array.from({ length: 50 }, () => use),
    });

    expect(error?.title.length).toBeLessThan(1_000);
    expect(error?.remedy.length).toBeLessThan(400);
  });
});

describe('the refresh of insights', () => {
  const next = (
    ageHours: number,
    refresh: Partial<InsightsRefresh> | null = null,
    waitedMs = 0,
  ): string => {
    const last: InsightsRefresh = { status: 'completed', startedAtMs: NOW_MS, message: '' };
    return nextOfRefresh({
      insights: [insight({ refreshedAtMs: NOW_MS - ageHours * HOUR_MS })],
      refresh: refresh === null ? null : { ...last, ...refresh },
      nowMs: NOW_MS,
      waitedMs,
    }).do;
  };
  const YESTERDAY = { startedAtMs: NOW_MS - 24 * HOUR_MS };

  it.each([
    ['fresh insights are left alone', next(3), 'nothing'],
    ['old ones are refreshed', next(4), 'start'],
    ['a refresh under way is waited for', next(4, { status: 'in-progress' }), 'wait'],
    ['one of yesterday does not count', next(4, YESTERDAY), 'start'],
    [
      'one that failed yesterday does not, either',
      next(4, { ...YESTERDAY, status: 'failed' }),
      'start',
    ],
    ['one that failed just now ends the matter', next(4, { status: 'failed' }), 'give-up'],
    ['one that changed nothing ends it', next(4, {}), 'give-up'],
    ['nobody waits for ever', next(4, { status: 'in-progress' }, 6 * 60_000), 'give-up'],
  ])('%s', (_, seen, wanted) => {
    expect(seen).toBe(wanted);
  });

  it('ends within the limit, whatever EKS answers', () => {
    fc.assert(
      fc.property(
        fc.option(
          fc.record({
            status: fc.constantFrom('in-progress', 'completed', 'failed'),
            startedAtMs: fc.option(fc.integer({ min: 0, max: NOW_MS + HOUR_MS })),
            message: fc.string(),
          }),
        ),
        fc.option(fc.integer({ min: 0, max: NOW_MS + HOUR_MS })),
        (refresh, refreshedAtMs) => {
          const insights = [insight({ refreshedAtMs })];
          const end = nextOfRefresh({ insights, refresh, nowMs: NOW_MS, waitedMs: 301_000 });
          expect(['nothing', 'give-up']).toContain(end.do);
        },
      ),
    );
  });
});

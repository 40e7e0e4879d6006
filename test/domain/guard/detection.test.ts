import * as fc from 'fast-check';
import { detectionOf, lookEverySeconds } from '#domain/guard/detection.ts';
import type { Guardrail } from '#domain/guard/guardrail-rules.ts';
import { judgeGuardrails } from '#domain/guard/guardrails.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import { nextCloseMs, newestWindow } from '#domain/guard/metric-window.ts';
import { planWith, rightPlan } from '#test/domain/plan/plan-builder.ts';

const APP = { with: 'cloudwatch', namespace: 'Shop', period: '5s', lateness: '2s' };
const PROM = {
  with: 'prometheus',
  url: 'http://prometheus:9090',
  queries: { requests: 'x{c="{{cluster}}"}', errors: 'y{c="{{cluster}}"}' },
  period: '15s',
  lateness: '5s',
};

function analysisWith(guardrails: readonly unknown[]) {
  const sources = { app: APP, prom: PROM, alb: { with: 'cloudwatch-alb' } };
  return rightPlan(planWith({ 'spec.analysis': { sources, guardrails } })).spec.analysis;
}

describe('worst-case detection', () => {
  it.each([
    // The guard looks every 5 s, because the finest source has a new period then.
    ['an error rate of a fast source', { metric: 'error-rate', max: '1%' }, 17, 17],
    ['a percentile', { metric: 'latency-p99', max: '1s' }, 22, 17],
    ['a percentile by one period', { metric: 'latency-p99', max: '1s', consecutive: 1 }, 17, 17],
    [
      'an error rate by ALB metrics alone',
      { metric: 'error-rate', from: 'alb', max: '1%' },
      305,
      305,
    ],
    [
      'connection errors, three looks',
      { metric: 'connection-errors', max: '1%', consecutive: 3 },
      425,
      305,
    ],
    ['load balancer 5xx', { metric: 'load-balancer-5xx', max: '1%' }, 305, 305],
    ['healthy targets', { metric: 'healthy-targets', min: 2 }, 5, 5],
    ['an alarm', { metric: 'alarm', alarm: 'a' }, 5, 5],
    ['an alarm that must last', { metric: 'alarm', alarm: 'a', window: '1m' }, 65, 65],
    ['a query', { metric: 'promql', query: 'up', min: 1 }, 40, 40],
    ['a probe', { metric: 'probe', url: 'http://green/' }, 9, 9],
    ['green’s health', { metric: 'kubernetes' }, 80, 80],
  ] as const)('of %s is physics', (_, guardrail, withinSeconds, catastropheSeconds) => {
    const analysis = analysisWith([guardrail]);
    const [parsed] = analysis.guardrails;
    if (parsed === undefined) throw new Error('a guardrail');

    expect(detectionOf(parsed, analysis)).toMatchObject({ withinSeconds, catastropheSeconds });
  });

  it('looks no seldomer than the finest source has news', () => {
    expect(lookEverySeconds(analysisWith([{ metric: 'alarm', alarm: 'a' }]))).toBe(5);
  });

  it('is kept by the judgement, whenever green begins to fail and the guard to look', () => {
    const analysis = analysisWith([
      { metric: 'error-rate', max: '1%' },
      { metric: 'error-rate', from: 'alb', max: '1%', consecutive: 2 },
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom(...analysis.guardrails),
        fc.integer({ min: 0, max: 179_999 }),
        fc.integer({ min: 0, max: 4_999 }),
        (guardrail, brokenAfterMs, phaseMs) => {
          const brokenMs = 1_800_000_000_000 + brokenAfterMs;
          const { withinSeconds } = detectionOf(guardrail, analysis);
          const seenMs = firstVerdictMs(guardrail, analysis, brokenMs, phaseMs);

          expect((seenMs - brokenMs) / 1000).toBeLessThanOrEqual(withinSeconds);
        },
      ),
    );
  });
});

/** Users come evenly; from `brokenMs` on each of green's answers is wrong half of the time, which no luck explains. */
function firstVerdictMs(
  guardrail: Guardrail,
  analysis: ReturnType<typeof analysisWith>,
  brokenMs: number,
  phaseMs: number,
): number {
  const source = 'from' in guardrail ? analysis.sources[guardrail.from] : undefined;
  if (source === undefined || !('from' in guardrail)) throw new Error('a source');
  const periodMs = source.periodSeconds * 1000;
  for (let nowMs = brokenMs - 600_000 + phaseMs; ; nowMs += lookEverySeconds(analysis) * 1000) {
    const { fromSeconds, toSeconds } = newestWindow(source, nowMs, 24 * source.periodSeconds);
    const green: ColourPoint[] = [];
    for (let startMs = fromSeconds * 1000; startMs < toSeconds * 1000; startMs += periodMs) {
      const brokenShare = Math.min(1, Math.max(0, (startMs + periodMs - brokenMs) / periodMs));
      const errors = Math.floor(300 * brokenShare * 0.4);
      green.push({
        startSeconds: startMs / 1000,
        requests: 300,
        errors,
        p50Ms: null,
        p90Ms: null,
        p99Ms: null,
      });
    }
    const { periodSeconds } = source;
    const window = { periodSeconds, closedUntilSeconds: toSeconds, blue: green, green };
    const verdict = judgeGuardrails(
      [guardrail],
      {
        greenPercent: 50,
        greenSinceSeconds: 0,
        sources: { [guardrail.from]: window },
        greenHealthyTargets: 4,
      },
      { truthSource: guardrail.from, missingDataSeconds: 60 },
    );
    if (verdict.kind === 'breach') return nowMs;
    expect(nextCloseMs(source, nowMs)).toBeGreaterThan(nowMs);
  }
}

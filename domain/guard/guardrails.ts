import { assertNever } from '#domain/assert-never.ts';
import { consecutiveOf, isCounted, windowPeriodsOf, type Guardrail } from './guardrail-rules.ts';
import type { GuardReading, GuardVerdict } from './guard-reading.ts';
import { latencyBreach } from './latency-guardrail.ts';
import { judgeSilence, type Feed } from './missing-data.ts';
import { judgeObserved, type ObservedVerdict } from './observed-guardrails.ts';
import { inWords, shareBreach } from './share-guardrail.ts';
import { pointsSince, type ColourPoint, type ReadLatency } from './traffic-window.ts';

/**
 * The guard's judgement (I1, I4): a pure function of one window of closed metric periods, longer than any of its
 * rules, and of what was observed beside them. It keeps no counters, so a restarted, doubled or moved guard judges the
 * same. One blip is not a breach, a catastrophe is one at its first sample: `guardrail-rules.ts` has each rule.
 */

/** Judges one reading: breaches first, then data that should be there and is not, then what asks for people. */
export function judgeGuardrails(
  guardrails: readonly Guardrail[],
  reading: GuardReading,
  options: { readonly truthSource: string; readonly missingDataSeconds: number },
): GuardVerdict {
  const { greenSinceSeconds } = reading;
  if (greenSinceSeconds === null) return { kind: 'healthy' };
  const verdicts = guardrails.map((guardrail, index) =>
    judgeOne(guardrail, index, reading, greenSinceSeconds),
  );
  const reasons = verdicts.flatMap(({ breaches }) => breaches);
  if (reasons.length > 0) return { kind: 'breach', reasons };
  const feeds = [requestsOf(options.truthSource), ...guardrails.flatMap(feedsOf)];
  const silence = judgeSilence(feeds, reading, options.missingDataSeconds);
  if (silence !== null) return silence;
  const holds = verdicts.flatMap((verdict) => verdict.holds);
  return holds.length > 0 ? { kind: 'hold', reasons: holds } : { kind: 'healthy' };
}

function judgeOne(
  guardrail: Guardrail,
  index: number,
  reading: GuardReading,
  greenSinceSeconds: number,
): ObservedVerdict {
  const observation = reading.observed?.[index];
  if (observation !== undefined)
    return judgeObserved(guardrail, observation, {
      sinceSeconds: greenSinceSeconds,
      periodSeconds: isCounted(guardrail)
        ? (reading.sources[guardrail.from]?.periodSeconds ?? 0)
        : 0,
    });
  const breach = breachOf(guardrail, reading, greenSinceSeconds);
  return { breaches: breach === null ? [] : [breach], holds: [] };
}

function breachOf(
  guardrail: Guardrail,
  reading: GuardReading,
  greenSinceSeconds: number,
): string | null {
  if (guardrail.metric === 'healthy-targets') {
    const healthy = reading.greenHealthyTargets;
    return healthy === null || healthy >= guardrail.min
      ? null
      : `healthy-targets: green has ${healthy}, the plan wants at least ${guardrail.min}`;
  }
  if (!isCounted(guardrail)) return null;
  const window = reading.sources[guardrail.from];
  if (window === undefined) return null;
  const { metric, max, minRequests } = guardrail;
  const consecutive = consecutiveOf(guardrail);
  const windowPeriods = windowPeriodsOf(guardrail, window.periodSeconds);
  // What green did before its first user was smoke tests, or an earlier attempt.
  const points = pointsSince(window, 'green', greenSinceSeconds);
  switch (metric) {
    case 'error-rate':
    case 'connection-errors': {
      const shares = points.map((point) => ({ bad: badOf(metric, point), all: point.requests }));
      const rule = { maxPercent: max, minRequests, consecutive, windowPeriods };
      const found = shareBreach(shares, rule);
      const did = metric === 'error-rate' ? 'failed' : 'could not connect for';
      return found === null
        ? null
        : `${metric}: green ${did} ${inWords(found)}, the plan allows ${max} %`;
    }
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99': {
      const slowerShare = SLOWER_SHARES[metric];
      const rule = { maxMs: max, slowerShare, minRequests, consecutive };
      const breach = latencyBreach(points.slice(-windowPeriods), readerOf(metric), rule);
      return breach === null ? null : `${metric}: ${breach}, the plan allows ${max} ms`;
    }
    case 'load-balancer-5xx':
      // Observed: no colour's points tell it.
      return null;
    default:
      return assertNever(metric);
  }
}

/** What a percentile leaves above itself. */
const SLOWER_SHARES = { 'latency-p50': 0.5, 'latency-p90': 0.1, 'latency-p99': 0.01 } as const;

function badOf(metric: 'error-rate' | 'connection-errors', point: ColourPoint): number {
  return metric === 'error-rate' ? point.errors : (point.connectionErrors ?? 0);
}

/** The figures a guardrail needs; what is observed is read afresh, and the guard minds that itself. */
function feedsOf(guardrail: Guardrail): readonly Feed[] {
  if (!isCounted(guardrail)) return [];
  const { metric, from } = guardrail;
  switch (metric) {
    case 'error-rate':
    case 'connection-errors':
    case 'load-balancer-5xx':
      return [requestsOf(from)];
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99': {
      const read = readerOf(metric);
      return [
        {
          source: from,
          what: metric,
          count: (point) => (read(point) === null ? 0 : point.requests),
        },
      ];
    }
    default:
      return assertNever(metric);
  }
}

function requestsOf(source: string): Feed {
  return { source, what: 'request', count: (point) => point.requests };
}

function readerOf(metric: 'latency-p50' | 'latency-p90' | 'latency-p99'): ReadLatency {
  switch (metric) {
    case 'latency-p50':
      return (point) => point.p50Ms;
    case 'latency-p90':
      return (point) => point.p90Ms;
    case 'latency-p99':
      return (point) => point.p99Ms;
    default:
      return assertNever(metric);
  }
}

import { LOOKBACK_PERIODS } from '#domain/guard/guardrail-rules.ts';
import type { Facts } from '#domain/migration/migration-state.ts';
import { ageOfNewest, type SourceLag } from '#domain/preflight/source-findings.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import { readTraffic, requestsOf } from '#activities/traffic/read-traffic.ts';
import type { Tools } from '#activities/tools.ts';

/** How late each source of the plan really is, measured on blue while nothing moves. Reads only. */
export async function measureLags(
  tools: Tools,
  { spec, resolved }: ResolvedInput,
  run: ActivityRun,
): Promise<readonly SourceLag[]> {
  const { sources, truth } = spec.analysis;
  const lags = await Promise.all(
    Object.entries(sources).map(async ([name, source]) => {
      const { periodSeconds, latenessSeconds } = source;
      const nowSeconds = tools.ports.clock.nowMs() / 1000;
      const window = windowUntil(tools, source, nowSeconds);
      const { blue } = await readTraffic(tools, spec, source, resolved.routes, window, run.signal);
      return {
        source: name,
        isTruth: name === truth,
        periodSeconds,
        latenessSeconds,
        ageSeconds: ageOfNewest(blue, periodSeconds, nowSeconds),
        requestsPerSecond: requestsOf(blue) / (window.toSeconds - window.fromSeconds),
      };
    }),
  );
  const silent = lags.find(({ isTruth, ageSeconds }) => isTruth && ageSeconds === null);
  // A source that was only just fed gets the time to show its first period.
  if (silent !== undefined && run.elapsedMs() < firstPeriodMs(silent))
    throw run.waiting('the truth source shows no request of blue yet', silent.source);
  return lags;
}

/** By name, for the record: seconds, or that nothing was there. */
export function lagFacts(lags: readonly SourceLag[]): Facts {
  return Object.fromEntries(
    lags.map(({ source, ageSeconds }) => [
      `ageSeconds.${source}`,
      ageSeconds === null ? 'silent' : Math.round(ageSeconds * 10) / 10,
    ]),
  );
}

function firstPeriodMs({ periodSeconds, latenessSeconds }: SourceLag): number {
  return (2 * periodSeconds + latenessSeconds) * 1000;
}

/** Up to now, late or not: what is there already is the question. */
function windowUntil(
  { timings }: Tools,
  { periodSeconds, latenessSeconds }: MetricSource,
  nowSeconds: number,
): { readonly fromSeconds: number; readonly toSeconds: number } {
  const periodMs = Math.max(1, Math.round(periodSeconds * 1000));
  const toMs = Math.floor((nowSeconds * 1000) / periodMs) * periodMs;
  const seconds = Math.max(
    LOOKBACK_PERIODS * periodSeconds + latenessSeconds,
    WINDOWS * timings.baselineSeconds,
  );
  const periods = Math.ceil((seconds * 1000) / periodMs);
  return { fromSeconds: (toMs - periods * periodMs) / 1000, toSeconds: toMs / 1000 };
}

/** Ten times as long as a baseline is measured: even a service that hardly anybody asks is heard. */
const WINDOWS = 10;

import { formatDurationSeconds } from '#domain/plan/durations.ts';
import type { Finding } from './finding.ts';
import { requestsNeeded } from '#domain/traffic/traffic-truth.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';

/**
 * What blue shows of a plan's sources before anything moves: whether they speak at all, how late they are, and whether a step
 * can hear enough requests to be proven. A plan's physics are a claim; here they are measured. Pure; a part of readiness.
 */
export interface SourceLag {
  readonly source: string;
  /** Does it prove the weights? */
  readonly isTruth: boolean;
  readonly periodSeconds: number;
  /** As the plan says. */
  readonly latenessSeconds: number;
  /** From the end of the newest complete period until it was looked for; null when nothing was there. */
  readonly ageSeconds: number | null;
  /** Of blue, by this source. */
  readonly requestsPerSecond: number;
}

export interface Bake {
  readonly group: string;
  readonly steps: readonly number[];
  readonly bakeSeconds: number;
  readonly bakeAtMostSeconds: number;
}

/** With fewer requests expected in a silence, it may be luck (e^-7 ≈ 0.1 %). */
const EXPECTED_TO_MISS = 7;
/** A busy period with less than half of the usual requests is still filling. */
const COMPLETE_SHARE = 0.5;
/** From so many requests on a period's count means something. */
const BUSY_REQUESTS = 20;

/** Age of the newest period that is complete; null when there is none. `points` are blue's, oldest first. */
export function ageOfNewest(
  points: readonly ColourPoint[],
  periodSeconds: number,
  nowSeconds: number,
): number | null {
  const closed = points.filter(
    ({ requests, startSeconds }) => requests > 0 && startSeconds + periodSeconds <= nowSeconds,
  );
  const counts = closed.map(({ requests }) => requests).toSorted((a, b) => a - b);
  const usual = counts[Math.floor(counts.length / 2)] ?? 0;
  const least = usual < BUSY_REQUESTS ? 1 : usual * COMPLETE_SHARE;
  const newest = closed.findLast(({ requests }) => requests >= least);
  return newest === undefined ? null : nowSeconds - (newest.startSeconds + periodSeconds);
}

/** Sources that are silent or later than the plan says. */
export function lagFindings(
  lags: readonly SourceLag[],
  missingDataSeconds: number,
): readonly Finding[] {
  return lags.flatMap((lag): readonly Finding[] => {
    const { source, ageSeconds, isTruth, latenessSeconds, periodSeconds } = lag;
    if (ageSeconds === null)
      return [
        {
          code: 'source-silent',
          severity: isTruth ? 'block' : 'warn',
          resource: `analysis.sources.${source}`,
          title: `source ${source} shows no request of blue at all`,
          remedy: isTruth
            ? 'check its names, queries and dimensions: without it no step can be proven'
            : 'check its names, queries and dimensions: what reads it would be missing data',
        },
      ];
    // Looked for at any moment, a period that is on time is up to one period old.
    const overdueSeconds = ageSeconds - latenessSeconds - periodSeconds;
    if (overdueSeconds * lag.requestsPerSecond < EXPECTED_TO_MISS || overdueSeconds <= 0) return [];
    const measured = formatDurationSeconds(Math.ceil(ageSeconds - periodSeconds));
    return [
      {
        code: 'source-late',
        severity: overdueSeconds >= missingDataSeconds ? 'block' : 'warn',
        resource: `analysis.sources.${source}`,
        title: `source ${source} is at least ${measured} late, the plan says ${formatDurationSeconds(latenessSeconds)}`,
        remedy: `say lateness ${measured} or more, or the guard will take late data for missing`,
      },
    ];
  });
}

/** Steps that would not hear enough requests, even if every user came over their group's routes. */
export function bakeFindings(
  bakes: readonly Bake[],
  requestsPerSecond: number,
): readonly Finding[] {
  // Silence is reported by itself.
  if (requestsPerSecond <= 0) return [];
  return bakes.flatMap(({ group, steps, bakeSeconds, bakeAtMostSeconds }): readonly Finding[] => {
    const needed = Math.max(...steps.map(requestsNeeded));
    const seconds = needed / requestsPerSecond;
    if (seconds <= bakeSeconds) return [];
    const wait = formatDurationSeconds(Math.ceil(seconds));
    return [
      {
        code: 'bake-too-short',
        severity: seconds > bakeAtMostSeconds ? 'block' : 'warn',
        resource: `traffic.groups.${group}`,
        title: `a step of group ${group} needs ${needed} requests to be proven, which take ${wait} at ${requestsPerSecond.toFixed(1)} requests per second`,
        remedy: `bake for ${wait} or more, let bakeAtMost be longer than that, or begin with a larger step`,
      },
    ];
  });
}

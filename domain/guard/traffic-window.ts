/**
 * What a metric source tells of both colours in one stretch of closed periods; the only thing that the guard judges.
 */

/** What one colour did in one closed period. Latencies in milliseconds, null when the source has none. */
export interface ColourPoint {
  /** Start of the period, epoch seconds. */
  readonly startSeconds: number;
  readonly requests: number;
  readonly errors: number;
  /** Those of the errors whose connection to a target failed; absent where the source does not tell. */
  readonly connectionErrors?: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

/** One source's closed periods, oldest first; a period without data has no point. */
export interface SourceWindow {
  readonly periodSeconds: number;
  /** End of the newest period that should be visible by now, epoch seconds. */
  readonly closedUntilSeconds: number;
  readonly blue: readonly ColourPoint[];
  readonly green: readonly ColourPoint[];
}

/** Reads one percentile of a point. */
export type ReadLatency = (point: ColourPoint) => number | null;

/** Points of periods that reach beyond `sinceSeconds`, if only in part. */
export function pointsSince(
  window: SourceWindow,
  colour: 'blue' | 'green',
  sinceSeconds: number,
): readonly ColourPoint[] {
  return window[colour].filter(
    ({ startSeconds }) => startSeconds + window.periodSeconds > sinceSeconds,
  );
}

export function sum(points: readonly ColourPoint[], read: (point: ColourPoint) => number): number {
  return points.reduce((total, point) => total + read(point), 0);
}

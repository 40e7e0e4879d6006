import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import { nextCloseMs } from '#domain/guard/metric-window.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type {
  MetricQuery,
  MetricSource,
  TrafficMetrics,
} from '#activities/ports/traffic-metrics.ts';

/**
 * Asks a slow source once for each of its periods, however often somebody looks: the guard looks at the pace of the fastest
 * source, and AWS charges for every series of every answer.
 *
 * Invariant: an answer is given again only while the source can have nothing new to show: all its periods have had their
 * lateness, green and a blue that has users are in its newest one, and the next period is not yet believable. A failure is never
 * kept, so what cannot be read is asked for again (I4).
 */
export function settledWindows<Source extends MetricSource>(
  reader: TrafficMetrics<Source>,
  clock: Pick<Clock, 'nowMs'>,
): TrafficMetrics<Source> {
  const kept = new Map<string, { readonly points: Points; readonly untilMs: number }>();
  return {
    read: async (query, signal) => {
      signal.throwIfAborted();
      const key = JSON.stringify(query);
      for (const [other, { untilMs }] of kept) if (untilMs <= clock.nowMs()) kept.delete(other);
      const before = kept.get(key);
      if (before !== undefined) return before.points;
      const askedMs = clock.nowMs();
      const points = await reader.read(query, signal);
      if (isSettled(query, points, askedMs))
        kept.set(key, { points, untilMs: nextCloseMs(query.source, askedMs) });
      return points;
    },
  };
}

type Points = Awaited<ReturnType<TrafficMetrics['read']>>;

/** A blue without any point may have no users any more; a green without one may be late, and is what everybody waits for. */
function isSettled(
  { source, toSeconds }: MetricQuery,
  { blue, green }: Points,
  askedMs: number,
): boolean {
  const newest = toSeconds - source.periodSeconds;
  return (
    (toSeconds + source.latenessSeconds) * 1000 <= askedMs &&
    isUpTo(newest, green) &&
    (blue.length === 0 || isUpTo(newest, blue))
  );
}

function isUpTo(newestSeconds: number, points: readonly ColourPoint[]): boolean {
  return (points.at(-1)?.startSeconds ?? -Infinity) >= newestSeconds;
}

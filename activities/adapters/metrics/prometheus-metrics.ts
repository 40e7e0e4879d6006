import { CutoverFailure } from '#domain/failures.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import { fillPromql } from '#domain/guard/promql.ts';
import type {
  MetricQuery,
  MetricSource,
  TrafficMetrics,
} from '#activities/ports/traffic-metrics.ts';
import type { PrometheusApi } from './prometheus-api.ts';

/**
 * Requests, errors and latency per colour from Prometheus. Each of the plan's queries is asked once per colour, evaluated at
 * the end of every closed period: what it looks back over is the query's own business (`increase(…[{{period}}])`).
 *
 * A period whose requests are absent, 0 or no number has no point: missing, never good news (I4). Absent errors beside
 * requests are none, because a counter that never counted has no series; errors that are no number make the period missing.
 */
type PrometheusSource = Extract<MetricSource, { readonly with: 'prometheus' }>;
type PrometheusQuery = MetricQuery<PrometheusSource>;

export function createPrometheusMetrics(parts: {
  readonly prometheus: PrometheusApi;
}): TrafficMetrics<PrometheusSource> {
  const { prometheus } = parts;
  return {
    read: async (query, signal) => {
      if (query.toSeconds <= query.fromSeconds) return { blue: [], green: [] };
      const [blue, green] = await Promise.all(
        (['blue', 'green'] as const).map(async (colour) =>
          readColour(prometheus, query, colour, signal),
        ),
      );
      return { blue: blue ?? [], green: green ?? [] };
    },
  };
}

const MEASURES = ['requests', 'errors', 'p50', 'p90', 'p99'] as const;
type Measure = (typeof MEASURES)[number];
/** Values by start of the period, epoch seconds. */
type Values = ReadonlyMap<number, number>;

async function readColour(
  prometheus: PrometheusApi,
  query: PrometheusQuery,
  colour: 'blue' | 'green',
  signal: AbortSignal,
): Promise<readonly ColourPoint[]> {
  const answers = await Promise.all(
    MEASURES.map(
      async (measure) =>
        [measure, await readMeasure(prometheus, query, colour, measure, signal)] as const,
    ),
  );
  const values = new Map<Measure, Values>(answers);
  const at = (measure: Measure, start: number): number | undefined =>
    values.get(measure)?.get(start);
  const factor = query.source.latencyUnit === 's' ? 1000 : 1;
  const latency = (measure: Measure, start: number): number | null => {
    const value = at(measure, start);
    return value === undefined || Number.isNaN(value) ? null : value * factor;
  };
  const starts = [...(values.get('requests')?.keys() ?? [])].toSorted((a, b) => a - b);
  return starts.flatMap((start): readonly ColourPoint[] => {
    const requests = Math.round(at('requests', start) ?? Number.NaN);
    const errors = Math.round(at('errors', start) ?? 0);
    if (Number.isNaN(errors) || !(requests > 0)) return [];
    return [
      {
        startSeconds: start,
        requests,
        errors,
        p50Ms: latency('p50', start),
        p90Ms: latency('p90', start),
        p99Ms: latency('p99', start),
      },
    ];
  });
}

async function readMeasure(
  prometheus: PrometheusApi,
  query: PrometheusQuery,
  colour: 'blue' | 'green',
  measure: Measure,
  signal: AbortSignal,
): Promise<Values> {
  const { source, fromSeconds, toSeconds, blueCluster: blue, greenCluster: green } = query;
  const { periodSeconds } = source;
  const written = source.queries[measure];
  if (written === undefined) return new Map();
  const cluster = colour === 'blue' ? blue : green;
  const what = `${measure} of ${cluster} from ${source.url}`;
  const [series, ...others] = await prometheus.queryRange(
    {
      server: source,
      query: fillPromql(written, { cluster, blue, green, periodSeconds }),
      fromSeconds: fromSeconds + periodSeconds,
      toSeconds,
      stepSeconds: periodSeconds,
      what,
    },
    signal,
  );
  if (others.length > 0)
    throw new CutoverFailure(
      'invalid-request',
      `the query answered ${others.length + 1} series instead of one: sum them`,
      { resource: what },
    );
  const periodMs = Math.round(periodSeconds * 1000);
  return new Map(
    [...(series?.byMs ?? [])].map(([endMs, value]) => [(endMs - periodMs) / 1000, value]),
  );
}

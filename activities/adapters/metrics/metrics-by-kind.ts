import type { MetricSource, TrafficMetrics } from '#activities/ports/traffic-metrics.ts';

/**
 * One reader of traffic for all kinds of sources: each question goes to the adapter of the source's own kind. A kind
 * without an adapter does not compile.
 */
type ByKind = {
  readonly [Kind in MetricSource['with']]: TrafficMetrics<
    Extract<MetricSource, { readonly with: Kind }>
  >;
};

export function metricsByKind(readers: ByKind): TrafficMetrics {
  // Methods take their parameters bivariantly: sound here, because the key is the source's own kind.
  const of = (kind: MetricSource['with']): TrafficMetrics => readers[kind];
  return { read: (query, signal) => of(query.source.with).read(query, signal) };
}

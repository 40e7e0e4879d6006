import type { TrafficMetrics } from '#activities/ports/traffic-metrics.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { colourPoints } from './colour-points.ts';
import { readMetricData } from './metric-data.ts';
import { seriesOf, type CloudWatchSource } from './metric-series.ts';

/** Requests, errors and latency per colour from CloudWatch: an application's own metrics, or the load balancer's. */
export function createCloudWatchMetrics(parts: {
  readonly clients: AwsClients;
}): TrafficMetrics<CloudWatchSource> {
  return {
    read: (query, signal) => {
      const resource = `metrics ${query.source.with} of ${query.blueCluster}`;
      return asFailure(resource, signal, async () => {
        const series = seriesOf(query);
        const found = await readMetricData(
          parts.clients.cloudWatch(query.access),
          series.map(({ stat }) => stat),
          { ...query, periodSeconds: query.source.periodSeconds },
          resource,
          signal,
        );
        const values = series.map((one, index) => ({
          series: one,
          byStart: found[index] ?? new Map<number, number>(),
        }));
        return { blue: colourPoints(values, 'blue'), green: colourPoints(values, 'green') };
      });
    },
  };
}

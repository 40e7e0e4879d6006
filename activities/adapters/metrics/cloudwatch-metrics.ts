import {
  paginateGetMetricData,
  type CloudWatchClient,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { CutoverFailure } from '#domain/failures.ts';
import type { MetricQuery, TrafficMetrics } from '../../ports.ts';
import type { AwsClients } from '../aws/aws-clients.ts';
import { asFailure } from '../known-failures.ts';
import { colourPoints, type Values } from './colour-points.ts';
import { seriesOf, type CloudWatchSource, type Series } from './metric-series.ts';

/**
 * Requests, errors and latency per colour from CloudWatch: an application's own metrics, or the load balancer's. Only
 * periods that lie in the window as a whole are answered, and a page that CloudWatch could not fill is a failure, never
 * good news (I4).
 */
export function createCloudWatchMetrics(parts: {
  readonly clients: AwsClients;
}): TrafficMetrics<CloudWatchSource> {
  return {
    read: (query, signal) =>
      asFailure(`metrics ${query.source.with} of ${query.blueCluster}`, signal, async () => {
        // CloudWatch refuses an empty window; nothing was counted in it.
        if (query.toSeconds <= query.fromSeconds) return { blue: [], green: [] };
        const client = parts.clients.cloudWatch(query.access);
        const series = seriesOf(query);
        const values: Values[] = [];
        for (let from = 0; from < series.length; from += QUERIES_PER_CALL)
          values.push(
            ...(await readValues(
              client,
              series.slice(from, from + QUERIES_PER_CALL),
              query,
              signal,
            )),
          );
        return { blue: colourPoints(values, 'blue'), green: colourPoints(values, 'green') };
      }),
  };
}

/** Most queries of one GetMetricData call (CloudWatch API reference). */
const QUERIES_PER_CALL = 500;

async function readValues(
  client: CloudWatchClient,
  series: readonly Series[],
  query: MetricQuery<CloudWatchSource>,
  signal: AbortSignal,
): Promise<readonly Values[]> {
  const byId = new Map(series.map((one, index) => [`q${index}`, one]));
  const found = new Map<string, Map<number, number>>();
  const unfinished = new Set<string>();
  const pages = paginateGetMetricData(
    { client },
    {
      MetricDataQueries: [...byId].map(([Id, { stat }]) => ({ Id, MetricStat: stat })),
      StartTime: new Date(query.fromSeconds * 1000),
      EndTime: new Date(query.toSeconds * 1000),
      ScanBy: 'TimestampAscending',
    },
    { abortSignal: signal },
  );
  for await (const { MetricDataResults } of pages)
    for (const result of MetricDataResults ?? []) {
      const id = result.Id ?? '';
      assertAnswered(result);
      // The rest of a partial result comes with a later page.
      if (result.StatusCode === 'PartialData') unfinished.add(id);
      else unfinished.delete(id);
      const byStart = found.get(id) ?? new Map<number, number>();
      for (const [start, value] of closedValues(result, query)) byStart.set(start, value);
      found.set(id, byStart);
    }
  if (unfinished.size > 0)
    throw new CutoverFailure('unavailable', 'CloudWatch answered a part of the data only', {
      resource: `metrics ${query.source.with} of ${query.blueCluster}`,
    });
  return [...byId].map(([id, one]) => ({ series: one, byStart: found.get(id) ?? new Map() }));
}

function* closedValues(
  { Timestamps = [], Values = [] }: MetricDataResult,
  { source, fromSeconds, toSeconds }: MetricQuery,
): Generator<readonly [number, number]> {
  for (const [index, timestamp] of Timestamps.entries()) {
    const start = timestamp.getTime() / 1000;
    const value = Values[index];
    if (value === undefined || start < fromSeconds) continue;
    if (start + source.periodSeconds <= toSeconds) yield [start, value];
  }
}

function assertAnswered({ StatusCode, Label, Messages }: MetricDataResult): void {
  if (StatusCode !== 'InternalError' && StatusCode !== 'Forbidden') return;
  const type = StatusCode === 'Forbidden' ? 'access-denied' : 'unavailable';
  const why = (Messages ?? []).map(({ Code, Value }) => `${Code}: ${Value}`).join('; ');
  throw new CutoverFailure(type, `GetMetricData: ${StatusCode} ${why}`, {
    resource: `metric ${Label ?? ''}`,
  });
}

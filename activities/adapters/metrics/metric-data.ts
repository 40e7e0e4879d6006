import {
  paginateGetMetricData,
  type CloudWatchClient,
  type MetricDataResult,
  type MetricStat,
} from '@aws-sdk/client-cloudwatch';
import { CutoverFailure } from '#domain/failures.ts';

/**
 * Many series of CloudWatch in as few calls as it allows. Only periods that lie in the range as a whole are answered, and a
 * page that CloudWatch could not fill is a failure, never good news (I4).
 */
export interface MetricRange {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly periodSeconds: number;
}

/** Most queries of one GetMetricData call (CloudWatch API reference). */
const QUERIES_PER_CALL = 500;

/** Values of each series by start of the period, epoch seconds, in the order of `stats`. An empty range asks nothing. */
export async function readMetricData(
  client: CloudWatchClient,
  stats: readonly MetricStat[],
  range: MetricRange,
  resource: string,
  signal: AbortSignal,
): Promise<readonly ReadonlyMap<number, number>[]> {
  // CloudWatch refuses an empty window; nothing was counted in it.
  if (range.toSeconds <= range.fromSeconds) return stats.map(() => new Map<number, number>());
  const values: ReadonlyMap<number, number>[] = [];
  for (let from = 0; from < stats.length; from += QUERIES_PER_CALL) {
    const part = stats.slice(from, from + QUERIES_PER_CALL);
    values.push(...(await readCall(client, part, range, resource, signal)));
  }
  return values;
}

async function readCall(
  client: CloudWatchClient,
  stats: readonly MetricStat[],
  range: MetricRange,
  resource: string,
  signal: AbortSignal,
): Promise<readonly ReadonlyMap<number, number>[]> {
  const found = stats.map(() => new Map<number, number>());
  const unfinished = new Set<string>();
  const pages = paginateGetMetricData(
    { client },
    {
      MetricDataQueries: stats.map((stat, index) => ({ Id: `q${index}`, MetricStat: stat })),
      StartTime: new Date(range.fromSeconds * 1000),
      EndTime: new Date(range.toSeconds * 1000),
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
      const byStart = found[Number(id.slice(1))];
      for (const [start, value] of closedValues(result, range)) byStart?.set(start, value);
    }
  if (unfinished.size > 0)
    throw new CutoverFailure('unavailable', 'CloudWatch answered a part of the data only', {
      resource,
    });
  return found;
}

function* closedValues(
  { Timestamps = [], Values = [] }: MetricDataResult,
  { fromSeconds, toSeconds, periodSeconds }: MetricRange,
): Generator<readonly [number, number]> {
  for (const [index, timestamp] of Timestamps.entries()) {
    const start = timestamp.getTime() / 1000;
    const value = Values[index];
    if (value === undefined || start < fromSeconds) continue;
    if (start + periodSeconds <= toSeconds) yield [start, value];
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

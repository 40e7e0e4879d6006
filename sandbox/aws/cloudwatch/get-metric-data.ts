/**
 * GetMetricData over plain metrics: statistics per period, in pages. Metric maths is refused, not approximated. Source: docs
 * AmazonCloudWatch/latest/APIReference/API_GetMetricData.html (limits, rounding, order)
 */
import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/aws-error.ts';
import type { MetricStore } from './metric-store.ts';
import { dimensionsOf } from './put-metric-data.ts';
import { statisticNamed } from './statistic.ts';

const QUERIES_PER_CALL = 500;
const DATAPOINTS_PER_CALL = 100_800;

interface Answered {
  readonly id: string;
  readonly label: string;
  readonly points: readonly { readonly at: Date; readonly value: number }[];
}

/** @throws AwsError ValidationException saying what is wrong. */
export function getMetricData(
  store: MetricStore,
  input: GetMetricDataCommandInput,
): Omit<GetMetricDataCommandOutput, '$metadata'> {
  const queries = input.MetricDataQueries ?? [];
  if (queries.length === 0 || queries.length > QUERIES_PER_CALL) {
    throw invalid('MetricDataQueries must have 1 to 500 members');
  }
  const ids = queries.map(({ Id = '' }) => Id);
  const badId = ids.find((id) => !/^[a-z][A-Za-z0-9_]*$/.test(id));
  if (badId !== undefined) throw invalid(`The value '${badId}' for an Id is not valid`);
  if (new Set(ids).size < ids.length) throw invalid('The Ids of queries must be unique');
  const startMs = input.StartTime?.getTime() ?? 0;
  const endMs = input.EndTime?.getTime() ?? 0;
  if (startMs >= endMs) throw invalid('The parameter StartTime must be less than EndTime');

  const descending = input.ScanBy !== 'TimestampAscending';
  const answered = queries
    .map((query) => ({ query, answer: answerOf(store, query, startMs, endMs) }))
    .filter(({ query }) => query.ReturnData !== false)
    .map(({ answer }) => (descending ? { ...answer, points: answer.points.toReversed() } : answer));
  return paged(answered, input);
}

function answerOf(
  store: MetricStore,
  query: MetricDataQuery,
  startMs: number,
  endMs: number,
): Answered {
  const { Id = '', MetricStat, Expression, Label } = query;
  if (Expression !== undefined) {
    throw invalid('Metric maths is not emulated: ask for metrics and do the arithmetic yourself');
  }
  const metric = MetricStat?.Metric;
  if (MetricStat === undefined || metric === undefined) throw invalid('MetricStat is required');
  const statistic = statisticNamed(MetricStat.Stat ?? '');
  const points = store.read({
    metric: {
      namespace: metric.Namespace ?? '',
      name: metric.MetricName ?? '',
      dimensions: dimensionsOf(metric.Dimensions),
    },
    startMs,
    endMs,
    periodSeconds: checkedPeriod(MetricStat.Period),
    unit: MetricStat.Unit,
  });
  return {
    id: Id,
    label: Label ?? metric.MetricName ?? '',
    points: points.flatMap(({ atMs, distribution }) => {
      const value = statistic(distribution);
      return value === undefined ? [] : [{ at: new Date(atMs), value }];
    }),
  };
}

function checkedPeriod(period: number | undefined): number {
  const high = period === 1 || period === 5 || period === 10 || period === 20 || period === 30;
  if (period === undefined || !(high || (period >= 60 && period % 60 === 0))) {
    throw invalid('A period must be 1, 5, 10, 20, 30 or a multiple of 60 seconds');
  }
  return period;
}

/** Datapoints are counted through all results in order; a result that goes on in the next page is `PartialData`. */
function paged(
  answered: readonly Answered[],
  { NextToken, MaxDatapoints = DATAPOINTS_PER_CALL }: GetMetricDataCommandInput,
): Omit<GetMetricDataCommandOutput, '$metadata'> {
  const start = offsetOf(NextToken);
  const end = start + Math.min(Math.max(1, MaxDatapoints), DATAPOINTS_PER_CALL);
  const results: MetricDataResult[] = [];
  let before = 0;
  for (const { id, label, points } of answered) {
    const page = points.slice(Math.max(0, start - before), Math.max(0, end - before));
    const after = before + points.length;
    // A result without any datapoint is told once, on the first page.
    if (page.length > 0 || (points.length === 0 && start === 0)) {
      results.push({
        Id: id,
        Label: label,
        Timestamps: page.map(({ at }) => at),
        Values: page.map(({ value }) => value),
        StatusCode: points.length > 0 && after > end ? 'PartialData' : 'Complete',
      });
    }
    before = after;
  }
  return {
    MetricDataResults: results,
    Messages: [],
    ...(before > end ? { NextToken: Buffer.from(`from ${end}`).toString('base64') } : {}),
  };
}

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (offset === undefined) throw new AwsError('InvalidNextToken', 'The next token is invalid');
  return Number(offset);
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

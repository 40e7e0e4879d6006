/**
 * ListMetrics: which metrics exist, by namespace, name and dimensions, in pages of 500. Source: docs
 * AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
 */
import type { ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/aws-error.ts';
import type { MetricStore } from './metric-store.ts';

const PAGE = 500;
/** `RecentlyActive: PT3H` asks for metrics of the last three hours. */
const RECENT_MS = 3 * 3_600_000;

export function listMetrics(
  store: MetricStore,
  input: ListMetricsCommandInput,
  nowMs: number,
): Omit<ListMetricsCommandOutput, '$metadata'> {
  const filters = input.Dimensions ?? [];
  const found = store.list().filter(
    ({ metric, lastAtMs }) =>
      (input.Namespace ?? metric.namespace) === metric.namespace &&
      (input.MetricName ?? metric.name) === metric.name &&
      filters.every(({ Name = '', Value }) => {
        const has = metric.dimensions[Name];
        return has !== undefined && (Value ?? has) === has;
      }) &&
      (input.RecentlyActive === undefined || nowMs - lastAtMs <= RECENT_MS),
  );
  const start = offsetOf(input.NextToken);
  return {
    Metrics: found.slice(start, start + PAGE).map(({ metric }) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(found.length > start + PAGE ? { NextToken: String(start + PAGE) } : {}),
  };
}

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  if (!/^\d+$/.test(token)) {
    throw new AwsError('InvalidParameterValueException', 'The next token is invalid');
  }
  return Number(token);
}

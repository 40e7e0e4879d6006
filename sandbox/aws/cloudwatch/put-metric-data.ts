/**
 * PutMetricData: what applications publish. Each datum becomes visible one to three seconds later, each on its own, so a
 * reader may see a second's requests before its errors. Source: docs
 * AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, API_MetricDatum.html (limits)
 */
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/aws-error.ts';
import { distributionOf, statisticSet, type Distribution } from './distribution.ts';
import type { MetricSample } from './metric-store.ts';

const DATA_PER_CALL = 1_000;
const VALUES_PER_DATUM = 150;
const DIMENSIONS_PER_METRIC = 30;
const OLDEST_MS = 14 * 24 * 3_600_000;
const NEWEST_MS = 2 * 3_600_000;

/** The samples of one call; `latenessMs` is drawn for each. @throws AwsError with the code AWS gives for what is wrong. */
export function samplesOf(
  namespace: string,
  data: readonly MetricDatum[],
  nowMs: number,
  latenessMs: () => number,
): readonly MetricSample[] {
  if (namespace.startsWith('AWS/'))
    throw wrong('The value AWS/ for parameter Namespace is invalid');
  if (data.length === 0) {
    throw new AwsError('MissingRequiredParameterException', 'The parameter MetricData is required');
  }
  if (data.length > DATA_PER_CALL) throw wrong('MetricData can have at most 1000 members');
  return data.map((datum) => ({
    metric: {
      namespace,
      name: named(datum),
      dimensions: dimensionsOf(datum.Dimensions),
    },
    atMs: timeOf(datum, nowMs),
    resolution: resolutionOf(datum),
    unit: datum.Unit ?? 'None',
    visibleAtMs: nowMs + latenessMs(),
    distribution: valuesOf(datum),
  }));
}

/** @throws AwsError InvalidParameterValue */
export function dimensionsOf(
  dimensions: MetricDatum['Dimensions'] = [],
): Readonly<Record<string, string>> {
  if (dimensions.length > DIMENSIONS_PER_METRIC) throw wrong('A metric can have 30 dimensions');
  return Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
}

function named({ MetricName = '' }: MetricDatum): string {
  if (MetricName.length === 0 || MetricName.length > 255) {
    throw wrong('A metric name has 1 to 255 characters');
  }
  return MetricName;
}

function timeOf({ Timestamp }: MetricDatum, nowMs: number): number {
  const atMs = Timestamp?.getTime() ?? nowMs;
  if (nowMs - atMs > OLDEST_MS || atMs - nowMs > NEWEST_MS) {
    throw wrong('Timestamp must be within the last two weeks and at most two hours ahead');
  }
  return atMs;
}

function resolutionOf({ StorageResolution = 60 }: MetricDatum): 1 | 60 {
  if (StorageResolution !== 1 && StorageResolution !== 60) {
    throw wrong('StorageResolution must be 1 or 60');
  }
  return StorageResolution;
}

function valuesOf(datum: MetricDatum): Distribution {
  const { Value, StatisticValues, Values, Counts } = datum;
  const given = [Value, StatisticValues, Values].filter((kind) => kind !== undefined);
  if (given.length !== 1) {
    throw new AwsError(
      'InvalidParameterCombinationException',
      'Exactly one of Value, StatisticValues and Values must be given',
    );
  }
  if (StatisticValues !== undefined) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
    if (SampleCount <= 0 || Minimum > Maximum) throw wrong('StatisticValues make no sense');
    return statisticSet({ count: SampleCount, sum: Sum, min: Minimum, max: Maximum });
  }
  const values = Values ?? [Value ?? 0];
  if (values.length === 0 || values.length > VALUES_PER_DATUM) {
    throw wrong('Values can have 1 to 150 members');
  }
  if (Counts !== undefined && Counts.length !== values.length) {
    throw wrong('Values and Counts must have the same length');
  }
  if (values.some((value) => !Number.isFinite(value)) || Counts?.some((count) => count <= 0)) {
    throw wrong('Values must be finite and Counts above 0');
  }
  return distributionOf(values.map((value, index) => [value, Counts?.[index] ?? 1] as const));
}

const wrong = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message);

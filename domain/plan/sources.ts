/**
 * The sources of figures, each with its physics: how long a period is and how late its points arrive.
 * Called by `analysis.ts`.
 */
import { z } from 'zod';
import { label, promql, providerError, seconds, text, webUrl } from './fields.ts';

const PERIOD_ALLOWED = 'a period CloudWatch knows: 1s, 5s, 10s, 20s, 30s or whole minutes up to 1h';

/** CloudWatch GetMetricData, `Period`: 1, 5, 10, 20, 30 or any multiple of 60 seconds. */
const period = seconds('1s', '1h').refine(
  (value) => [1, 5, 10, 20, 30].includes(value) || value % 60 === 0,
  {
    error: PERIOD_ALLOWED,
  },
);

/** Names of metrics and dimensions: 1–255 printable ASCII characters, not starting with a colon (CloudWatch API). */
const metricName = text(
  /^[\x21-\x39\x3b-\x7e][\x20-\x7e]*$/,
  255,
  'a CloudWatch name: 1 to 255 printable ASCII characters, not starting with a colon',
);

const metricNames = z.strictObject({
  requests: metricName.default('Requests').describe('Metric that counts requests.'),
  errors: metricName.default('Errors').describe('Metric that counts failed requests.'),
  latency: metricName
    .default('Latency')
    .describe('Metric of latency in milliseconds, with percentiles.'),
});

const cloudwatch = z
  .strictObject({
    with: z
      .literal('cloudwatch')
      .describe('Metrics that the application publishes to CloudWatch itself.'),
    namespace: text(
      /^[A-Za-z0-9._/#-][A-Za-z0-9._/#:-]*$/, // PutMetricData, `Namespace`
      255,
      'a CloudWatch namespace: 1 to 255 letters, digits or any of . - _ / #',
    ).describe('CloudWatch namespace of the metrics.'),
    dimension: metricName
      .default('Cluster')
      .describe('Dimension that tells the colours apart; its value is the cluster’s name.'),
    metrics: metricNames.prefault({}).describe('Names of the metrics.'),
    period: period
      .prefault('60s')
      .describe('Seconds that one point covers: 1s, 5s, 10s, 20s, 30s or whole minutes.'),
    lateness: seconds('0s', '1h')
      .prefault('30s')
      .describe('How long after its period a point may still arrive.'),
  })
  .transform(({ period, lateness, ...rest }) => ({
    ...rest,
    periodSeconds: period,
    latenessSeconds: lateness,
  }));

/** ALB metrics: sums of 60 s that arrive up to three minutes late; not adjustable, because they are AWS's own. */
const cloudwatchAlb = z
  .strictObject({
    with: z
      .literal('cloudwatch-alb')
      .describe('The load balancer’s own metrics: 60 s sums, 1–3 minutes late.'),
  })
  .transform((source) => ({
    ...source,
    periodSeconds: 60 as const,
    latenessSeconds: 180 as const,
  }));

const queries = z.strictObject({
  requests: promql().describe(
    'Requests of one cluster in one period, as one series; `{{cluster}}` and `{{period}}` are filled in.',
  ),
  errors: promql().describe('Those of them that failed.'),
  p50: promql().exactOptional().describe('Median latency.'),
  p90: promql().exactOptional().describe('90th percentile of latency.'),
  p99: promql().exactOptional().describe('99th percentile of latency.'),
});

/** What `{{cluster}}` stands for is the whole point of a query: see `source-rules.ts`. */
const prometheus = z
  .strictObject({
    with: z.literal('prometheus').describe('Any server that speaks the HTTP API of Prometheus.'),
    url: webUrl().describe('Base URL of the server, such as http://prometheus.monitoring:9090.'),
    token: label('a token name')
      .exactOptional()
      .describe(
        'Name of the bearer token that the worker holds: `prod` is its variable CUTOVER_TOKEN_PROD. Default: none is sent.',
      ),
    queries: queries.describe(
      'PromQL per cluster and period, evaluated at the end of each period.',
    ),
    latencyUnit: z
      .enum(['s', 'ms'])
      .default('s')
      .describe(
        'What the latency queries answer in: seconds, as Prometheus does, or milliseconds.',
      ),
    period: seconds('1s', '1h')
      .prefault('30s')
      .describe('Seconds that one point covers; at least two scrapes must lie in it.'),
    lateness: seconds('0s', '1h')
      .prefault('15s')
      .describe('How long after its period a sample may still arrive.'),
  })
  .transform(({ period, lateness, ...rest }) => ({
    ...rest,
    periodSeconds: period,
    latenessSeconds: lateness,
  }));

const source = z.discriminatedUnion('with', [cloudwatch, cloudwatchAlb, prometheus], {
  error: providerError(['cloudwatch', 'cloudwatch-alb', 'prometheus'], []),
});

export const sources = z
  .record(label('a source name'), source)
  .refine((byName) => Object.keys(byName).length >= 1 && Object.keys(byName).length <= 20, {
    error: '1 to 20 sources by name',
  })
  .prefault({ alb: { with: 'cloudwatch-alb' } });

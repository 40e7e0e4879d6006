import type { MetricStat } from '@aws-sdk/client-cloudwatch';
import { assertNever } from '#domain/assert-never.ts';
import type { MetricQuery, MetricSource } from '#activities/ports/traffic-metrics.ts';

/**
 * Which CloudWatch series tell what each colour did. Pure; called by the CloudWatch adapter.
 *
 * Sources: "CloudWatch metrics for your Application Load Balancer" (names, dimensions, TargetResponseTime in seconds). A
 * connection that a target refuses is counted as TargetConnectionErrorCount, and not among the target's own 5xx.
 */
export type Colour = 'blue' | 'green';

/** The kinds of sources that live in CloudWatch. */
export type CloudWatchSource = Extract<MetricSource, { readonly with: `cloudwatch${string}` }>;
type CloudWatchQuery = MetricQuery<CloudWatchSource>;

/** What a series adds to a colour's points. */
type Measure = 'requests' | 'errors' | 'connectionErrors' | 'p50Ms' | 'p90Ms' | 'p99Ms';

export interface Series {
  readonly colour: Colour;
  readonly measure: Measure;
  readonly stat: MetricStat;
  /** What one unit of the series is in ours: 1000 for seconds where we count milliseconds. */
  readonly factor: number;
}

const PERCENTILES = { p50Ms: 'p50', p90Ms: 'p90', p99Ms: 'p99' } as const;

export function seriesOf(query: CloudWatchQuery): readonly Series[] {
  return [...seriesOfColour(query, 'blue'), ...seriesOfColour(query, 'green')];
}

function seriesOfColour(query: CloudWatchQuery, colour: Colour): readonly Series[] {
  return placesOf(query, colour).flatMap((place) => seriesOfPlace(query, colour, place));
}

function placesOf(query: CloudWatchQuery, colour: Colour): readonly Place[] {
  const { source } = query;
  switch (source.with) {
    case 'cloudwatch':
      return [
        {
          namespace: source.namespace,
          dimensions: {
            [source.dimension]: colour === 'blue' ? query.blueCluster : query.greenCluster,
          },
          requests: source.metrics.requests,
          errors: [['errors', source.metrics.errors]],
          latency: source.metrics.latency,
          latencyFactor: 1,
        },
      ];
    case 'cloudwatch-alb':
      return targetGroupsOf(query, colour).map(({ loadBalancerArn, targetGroupArn }) => ({
        namespace: 'AWS/ApplicationELB',
        dimensions: {
          LoadBalancer: arnSuffix(loadBalancerArn, 'loadbalancer/'),
          TargetGroup: arnSuffix(targetGroupArn, ':'),
        },
        requests: 'RequestCount',
        errors: [
          ['errors', 'HTTPCode_Target_5XX_Count'],
          ['connectionErrors', 'TargetConnectionErrorCount'],
        ],
        latency: 'TargetResponseTime',
        latencyFactor: 1000,
      }));
    default:
      return assertNever(source);
  }
}

/** Where one set of series lives. */
interface Place {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly requests: string;
  readonly errors: readonly (readonly ['errors' | 'connectionErrors', string])[];
  readonly latency: string;
  readonly latencyFactor: number;
}

function seriesOfPlace(query: CloudWatchQuery, colour: Colour, place: Place): readonly Series[] {
  const stat = (metric: string, statistic: string): MetricStat => ({
    Metric: {
      Namespace: place.namespace,
      MetricName: metric,
      Dimensions: Object.entries(place.dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: query.source.periodSeconds,
    Stat: statistic,
  });
  const count = (measure: Measure, metric: string): Series => ({
    colour,
    measure,
    stat: stat(metric, 'Sum'),
    factor: 1,
  });
  const latency = (measure: keyof typeof PERCENTILES): Series => ({
    colour,
    measure,
    stat: stat(place.latency, PERCENTILES[measure]),
    factor: place.latencyFactor,
  });
  return [
    count('requests', place.requests),
    ...place.errors.map(([measure, metric]) => count(measure, metric)),
    latency('p50Ms'),
    latency('p90Ms'),
    latency('p99Ms'),
  ];
}

/** Each target group once, however many routes lead to it: its series count all of them together. */
function targetGroupsOf(
  query: CloudWatchQuery,
  colour: Colour,
): readonly { readonly loadBalancerArn: string; readonly targetGroupArn: string }[] {
  const byArn = new Map(
    query.routes.map((route) => {
      const { loadBalancerArn: shared, greenLoadBalancerArn = shared } = route;
      const [loadBalancerArn, targetGroupArn] =
        colour === 'blue'
          ? [shared, route.blueTargetGroupArn]
          : [greenLoadBalancerArn, route.greenTargetGroupArn];
      return [targetGroupArn, { loadBalancerArn, targetGroupArn }];
    }),
  );
  return [...byArn.values()];
}

/** Dimensions hold the last part of an ARN: `app/NAME/ID` and `targetgroup/NAME/ID`. */
export function arnSuffix(arn: string, after: string): string {
  return arn.slice(arn.lastIndexOf(after) + after.length);
}

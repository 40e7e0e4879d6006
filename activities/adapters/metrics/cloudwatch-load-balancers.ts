import type { MetricStat } from '@aws-sdk/client-cloudwatch';
import type { LoadBalancerPoint } from '#domain/guard/observations.ts';
import type { LoadBalancerMetrics } from '#activities/ports/load-balancer-metrics.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { asFailure } from '#activities/adapters/known-failures.ts';
import { readMetricData } from './metric-data.ts';
import { arnSuffix } from './metric-series.ts';

/**
 * What load balancers answered themselves, from their own metrics. `HTTPCode_ELB_5XX_Count` exists per load balancer only; one
 * that never answered 5xx has no such series, which is none. Source: "CloudWatch metrics for your Application Load Balancer".
 */
export function createLoadBalancerMetrics(parts: {
  readonly clients: AwsClients;
}): LoadBalancerMetrics {
  return {
    read: ({ access, loadBalancerArns, ...range }, signal) => {
      const resource = `load balancers ${loadBalancerArns.join(', ')}`;
      return asFailure(resource, signal, async () => {
        const found = await readMetricData(
          parts.clients.cloudWatch(access),
          loadBalancerArns.flatMap((arn) =>
            [REQUESTS, ERRORS].map((metric) => statOf(arn, metric, range.periodSeconds)),
          ),
          range,
          resource,
          signal,
        );
        return new Map(
          loadBalancerArns.map((arn, index) => [
            arn,
            pointsOf(found[2 * index] ?? new Map(), found[2 * index + 1] ?? new Map()),
          ]),
        );
      });
    },
  };
}

const REQUESTS = 'RequestCount';
const ERRORS = 'HTTPCode_ELB_5XX_Count';

function statOf(loadBalancerArn: string, metric: string, periodSeconds: number): MetricStat {
  const Value = arnSuffix(loadBalancerArn, 'loadbalancer/');
  return {
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName: metric,
      Dimensions: [{ Name: 'LoadBalancer', Value }],
    },
    Period: periodSeconds,
    Stat: 'Sum',
  };
}

/** A period in which nothing at all came has no point; one with errors alone has: nobody found a target. */
function pointsOf(
  requests: ReadonlyMap<number, number>,
  errors: ReadonlyMap<number, number>,
): readonly LoadBalancerPoint[] {
  const starts = [...new Set([...requests.keys(), ...errors.keys()])].toSorted((a, b) => a - b);
  return starts.flatMap((startSeconds): readonly LoadBalancerPoint[] => {
    const point = {
      startSeconds,
      requests: requests.get(startSeconds) ?? 0,
      errors: errors.get(startSeconds) ?? 0,
    };
    return point.requests + point.errors > 0 ? [point] : [];
  });
}

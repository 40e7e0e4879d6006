import { CutoverFailure } from '#domain/failures.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import type { MetricWindow } from '#domain/guard/metric-window.ts';
import { accessOf } from '#activities/access.ts';
import type { ActivityInput } from '#activities/contract.ts';
import type { MetricQuery, MetricSource } from '#activities/ports/traffic-metrics.ts';
import type { Tools } from '#activities/tools.ts';

/** Reading requests per colour, for every activity that looks at traffic. */

type Spec = ActivityInput['spec'];

export interface ColourPoints {
  readonly blue: readonly ColourPoint[];
  readonly green: readonly ColourPoint[];
}

/** The source that counts requests; the plan's check guarantees that it exists. */
export function truthSource(spec: Spec): MetricSource {
  const source = spec.analysis.sources[spec.analysis.truth];
  if (source !== undefined) return source;
  throw new CutoverFailure('invalid-request', 'analysis.truth names no source of the plan', {
    resource: spec.analysis.truth,
  });
}

/** Points of one source for both colours over these routes. */
export async function readTraffic(
  { ports }: Tools,
  spec: Spec,
  source: MetricSource,
  routes: MetricQuery['routes'],
  window: MetricWindow,
  signal: AbortSignal,
): Promise<ColourPoints> {
  const query: MetricQuery = {
    // The load balancer's own metrics live where it lives; the application's where everything else does.
    access: source.with === 'cloudwatch-alb' ? accessOf(spec, 'loadBalancer') : spec.access.default,
    source,
    blueCluster: spec.blue.cluster,
    greenCluster: spec.green.cluster,
    routes: routes.map((route) => {
      const { loadBalancerArn, greenLoadBalancerArn } = route;
      const { blueTargetGroupArn, greenTargetGroupArn } = route;
      const own = greenLoadBalancerArn === undefined ? {} : { greenLoadBalancerArn };
      return { loadBalancerArn, ...own, blueTargetGroupArn, greenTargetGroupArn };
    }),
    ...window,
  };
  return ports.trafficMetrics.read(query, signal);
}

/** All requests of these points. */
export function requestsOf(points: readonly ColourPoint[]): number {
  return points.reduce((sum, point) => sum + point.requests, 0);
}

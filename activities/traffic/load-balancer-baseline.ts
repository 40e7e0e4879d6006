import { LOOKBACK_PERIODS } from '#domain/guard/guardrail-rules.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import { baselinePercent } from '#domain/guard/observed-guardrails.ts';
import type { Baseline, ResolvedRoute } from '#domain/migration/resolved.ts';
import { accessOf } from '#activities/access.ts';
import type { ActivityInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';

/** What load balancers answer 5xx themselves while nothing has moved: the measure of their guardrail. */

/** Each load balancer once. */
export function loadBalancersOf(routes: readonly ResolvedRoute[]): readonly string[] {
  return [...new Set(routes.map(({ loadBalancerArn }) => loadBalancerArn))];
}

/** Nothing where no guardrail of the plan asks for it. */
export async function measureLoadBalancers(
  { ports }: Tools,
  spec: ActivityInput['spec'],
  routes: readonly ResolvedRoute[],
  signal: AbortSignal,
): Promise<Pick<Baseline, 'loadBalancer5xxPercent'>> {
  const guardrail = spec.analysis.guardrails.find(({ metric }) => metric === 'load-balancer-5xx');
  if (guardrail?.metric !== 'load-balancer-5xx') return {};
  const source = spec.analysis.sources[guardrail.from];
  if (source === undefined) return {};
  const { periodSeconds } = source;
  const points = await ports.loadBalancerMetrics.read(
    {
      access: accessOf(spec, 'loadBalancer'),
      loadBalancerArns: loadBalancersOf(routes),
      periodSeconds,
      ...newestWindow(source, ports.clock.nowMs(), LOOKBACK_PERIODS * periodSeconds),
    },
    signal,
  );
  const shares = [...points].map(([arn, its]) => [arn, baselinePercent(its)] as const);
  return { loadBalancer5xxPercent: Object.fromEntries(shares) };
}

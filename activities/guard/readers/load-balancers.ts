import { periodsToRead } from '#domain/guard/guardrail-rules.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import { accessOf } from '#activities/access.ts';
import { loadBalancersOf } from '#activities/traffic/load-balancer-baseline.ts';
import type { Asked, GuardReader, Look, Seen } from './guard-reader.ts';

/** What the load balancers of the routes answered 5xx themselves, beside what they did before anything moved. */
export const readLoadBalancers: GuardReader<'load-balancer-5xx'> = async (look, asked) =>
  Promise.all(asked.map(async (one) => readOne(look, one)));

async function readOne(
  { tools, input, run }: Look,
  { index, guardrail }: Asked<'load-balancer-5xx'>,
): Promise<Seen> {
  const { spec, resolved } = input;
  const { sources, guardrails } = spec.analysis;
  const source = sources[guardrail.from];
  if (source === undefined) return { index, unread: guardrail.metric };
  const { periodSeconds } = source;
  const seconds = periodsToRead(guardrails, guardrail.from, periodSeconds) * periodSeconds;
  const loadBalancerArns = loadBalancersOf(resolved.routes);
  const points = await tools.ports.loadBalancerMetrics.read(
    {
      access: accessOf(spec, 'loadBalancer'),
      loadBalancerArns,
      periodSeconds,
      ...newestWindow(source, tools.ports.clock.nowMs(), seconds),
    },
    run.signal,
  );
  const loadBalancers = loadBalancerArns.map((arn) => ({
    name: arn,
    points: points.get(arn) ?? [],
    baselinePercent: resolved.baseline.loadBalancer5xxPercent?.[arn] ?? 0,
  }));
  return { index, observation: { metric: 'load-balancer-5xx', loadBalancers } };
}

import type { Guardrail } from '#domain/guard/guardrail-rules.ts';
import type { Observation, Observations } from '#domain/guard/observations.ts';
import { readAlarms } from './alarms.ts';
import type { Asked, GuardReader, Look, Metric, Seen } from './guard-reader.ts';
import { kubernetesReader } from './kubernetes.ts';
import { readLoadBalancers } from './load-balancers.ts';
import { readProbes } from './probes.ts';
import { readPromql } from './promql.ts';

/**
 * Reads everything that guardrails see beside the sources of traffic, all kinds at once; a kind that fails does not hide the
 * others. The only place that knows all kinds: one without a reader does not compile.
 */
export interface Observed {
  readonly observed: Observations;
  /** What could not be read, by name. */
  readonly unread: readonly string[];
}

/** Made once per guard, because a reader may keep what it read last. */
export function createObserver(): (look: Look) => Promise<Observed> {
  const readers: { readonly [Kind in Metric]: GuardReader<Kind> } = {
    alarm: readAlarms,
    promql: readPromql,
    probe: readProbes,
    'load-balancer-5xx': readLoadBalancers,
    kubernetes: kubernetesReader(),
  };
  return async (look) => {
    const all = await Promise.all([
      readKind(look, 'alarm', readers.alarm),
      readKind(look, 'promql', readers.promql),
      readKind(look, 'probe', readers.probe),
      readKind(look, 'load-balancer-5xx', readers['load-balancer-5xx']),
      readKind(look, 'kubernetes', readers.kubernetes),
    ]);
    const seen = all.flat();
    const observed: Record<number, Observation> = {};
    for (const one of seen) if ('observation' in one) observed[one.index] = one.observation;
    return { observed, unread: seen.flatMap((one) => ('unread' in one ? [one.unread] : [])) };
  };
}

async function readKind<Kind extends Metric>(
  look: Look,
  kind: Kind,
  read: GuardReader<Kind>,
): Promise<readonly Seen[]> {
  const asked = look.input.spec.analysis.guardrails.flatMap(
    (guardrail, index): readonly Asked<Kind>[] =>
      isOfKind(guardrail, kind) ? [{ index, guardrail }] : [],
  );
  if (asked.length === 0) return [];
  try {
    return await read(look, asked);
  } catch {
    look.run.signal.throwIfAborted();
    return asked.map(({ index }) => ({ index, unread: kind }));
  }
}

function isOfKind<Kind extends Metric>(
  guardrail: Guardrail,
  kind: Kind,
): guardrail is Extract<Guardrail, { readonly metric: Kind }> {
  return guardrail.metric === kind;
}

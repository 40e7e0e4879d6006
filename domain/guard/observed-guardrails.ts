import { assertNever } from '#domain/assert-never.ts';
import {
  consecutiveOf,
  windowPeriodsOf,
  windowSecondsOf,
  type Guardrail,
} from './guardrail-rules.ts';
import { kubernetesBreaches, kubernetesHolds } from './kubernetes-health.ts';
import type { LoadBalancerPoint, Observation } from './observations.ts';
import { inWords, shareBreach, type Share } from './share-guardrail.ts';

/**
 * The judgement of guardrails that are observed rather than counted per colour. Pure functions of one observation, which
 * itself looks back as far as its rule: nothing is remembered between two looks. Called by the guardrails.
 */
export interface ObservedVerdict {
  /** Why users must leave green. */
  readonly breaches: readonly string[];
  /** Why nothing may go on until people have looked, although green is not to blame. */
  readonly holds: readonly string[];
}

const FINE: ObservedVerdict = { breaches: [], holds: [] };

/** Judges one guardrail; an observation of another kind says nothing about it. */
export function judgeObserved(
  guardrail: Guardrail,
  observation: Observation,
  options: { readonly sinceSeconds: number; readonly periodSeconds: number },
): ObservedVerdict {
  switch (observation.metric) {
    case 'alarm': {
      if (guardrail.metric !== 'alarm' || observation.state === 'OK') return FINE;
      return observation.forSeconds < windowSecondsOf(guardrail)
        ? FINE
        : breach(`alarm: ${guardrail.alarm} is in ALARM: ${observation.reason}`);
    }
    case 'promql': {
      if (guardrail.metric !== 'promql') return FINE;
      const beyond = beyondLimit(guardrail, observation.values);
      return beyond === null ? FINE : breach(`promql: ${guardrail.query} ${beyond}`);
    }
    case 'probe': {
      if (guardrail.metric !== 'probe') return FINE;
      const { failures } = observation;
      return failures.length < consecutiveOf(guardrail)
        ? FINE
        : breach(
            `probe: ${guardrail.url} failed ${failures.length} times in a row: ${failures.at(-1)}`,
          );
    }
    case 'load-balancer-5xx':
      return guardrail.metric === 'load-balancer-5xx'
        ? { ...FINE, breaches: loadBalancerBreaches(guardrail, observation, options) }
        : FINE;
    case 'kubernetes': {
      if (guardrail.metric !== 'kubernetes') return FINE;
      const { health } = observation;
      const rule = {
        crashLoops: guardrail.crashLoops,
        crashes: consecutiveOf(guardrail),
        notReadyPercent: guardrail.notReadyPercent,
        notReadySeconds: windowSecondsOf(guardrail),
      };
      return {
        breaches: kubernetesBreaches(health, rule).map((reason) => `kubernetes: ${reason}`),
        holds: kubernetesHolds(health).map((reason) => `kubernetes: ${reason}`),
      };
    }
    default:
      return assertNever(observation);
  }
}

function breach(reason: string): ObservedVerdict {
  return { breaches: [reason], holds: [] };
}

/** Every one of the newest moments with a value is beyond the limit. */
function beyondLimit(
  guardrail: Extract<Guardrail, { readonly metric: 'promql' }>,
  values: readonly number[],
): string | null {
  const { max, min } = guardrail;
  const consecutive = consecutiveOf(guardrail);
  const newest = values.slice(0, consecutive);
  const [value] = newest;
  if (value === undefined || newest.length < consecutive) return null;
  const times = consecutive === 1 ? '' : ` (${consecutive} times in a row)`;
  if (max !== undefined && newest.every((one) => one > max))
    return `is ${value}${times}, the plan allows at most ${max}`;
  if (min !== undefined && newest.every((one) => one < min))
    return `is ${value}${times}, the plan wants at least ${min}`;
  return null;
}

function loadBalancerBreaches(
  guardrail: Extract<Guardrail, { readonly metric: 'load-balancer-5xx' }>,
  { loadBalancers }: Extract<Observation, { readonly metric: 'load-balancer-5xx' }>,
  {
    sinceSeconds,
    periodSeconds,
  }: { readonly sinceSeconds: number; readonly periodSeconds: number },
): readonly string[] {
  return loadBalancers.flatMap(({ name, points, baselinePercent }) => {
    const withGreen = points.filter((point) => point.startSeconds + periodSeconds > sinceSeconds);
    const maxPercent = Math.min(100, baselinePercent + guardrail.max);
    const found = shareBreach(withGreen.map(shareOf), {
      maxPercent,
      minRequests: guardrail.minRequests,
      consecutive: consecutiveOf(guardrail),
      windowPeriods: windowPeriodsOf(guardrail, periodSeconds),
    });
    if (found === null) return [];
    const before = `before green it were ${baselinePercent.toFixed(2)} %, the plan allows ${guardrail.max} % more`;
    return [`load-balancer-5xx: ${name} answered ${inWords(found)} itself with 5xx, ${before}`];
  });
}

/** A request that found no target is among the errors but not among the requests (503): the greater count is all of them. */
function shareOf({ requests, errors }: LoadBalancerPoint): Share {
  return { bad: errors, all: Math.max(requests, errors) };
}

/** The share of a load balancer's own 5xx over some time, percent; 0 where nothing came. */
export function baselinePercent(points: readonly LoadBalancerPoint[]): number {
  const errors = points.reduce((sum, point) => sum + point.errors, 0);
  const all = points.reduce((sum, point) => sum + shareOf(point).all, 0);
  return all === 0 ? 0 : (100 * errors) / all;
}

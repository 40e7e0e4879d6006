import { assertNever } from '#domain/assert-never.ts';
import { formatDurationMs } from '#domain/plan/durations.ts';
import { formatPercentage } from '#domain/plan/percentages.ts';
import type { PlanView } from './plan-view.ts';

/** Guardrails in words, for people. */

type Guardrail = PlanView['guardrails'][number];

/** What it is about, where the metric's name alone does not say it. */
export function subjectOf(guardrail: Guardrail): string {
  switch (guardrail.metric) {
    case 'alarm':
      return guardrail.alarm;
    case 'promql':
      return `${guardrail.from}: ${guardrail.query}`;
    case 'probe':
      return guardrail.url;
    case 'kubernetes':
      return 'green';
    case 'error-rate':
    case 'connection-errors':
    case 'load-balancer-5xx':
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99':
    case 'healthy-targets':
      return guardrail.from;
    default:
      return assertNever(guardrail);
  }
}

/** Its limit, in the metric's own unit. */
export function limitOf(guardrail: Guardrail): string {
  switch (guardrail.metric) {
    case 'error-rate':
    case 'connection-errors':
      return `at most ${formatPercentage(guardrail.max)}`;
    case 'load-balancer-5xx':
      return `at most ${formatPercentage(guardrail.max)} above blue`;
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99':
      return `at most ${formatDurationMs(guardrail.max)}`;
    case 'healthy-targets':
      return `at least ${guardrail.min}`;
    case 'alarm':
      return 'not in ALARM';
    case 'promql':
      return [
        ...(guardrail.max === undefined ? [] : [`at most ${guardrail.max}`]),
        ...(guardrail.min === undefined ? [] : [`at least ${guardrail.min}`]),
      ].join(', ');
    case 'probe':
      return `answers ${guardrail.expect} within ${formatDurationMs(guardrail.timeoutMs)}`;
    case 'kubernetes':
      return `at most ${guardrail.crashLoops} crash loops, ${formatPercentage(guardrail.notReadyPercent)} of nodes not ready`;
    default:
      return assertNever(guardrail);
  }
}

/** Changes of the default plan that several scenarios make; a plan stays checked because only values of one field change. */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/** Every group bakes this long at each step. */
export function withBake(plan: MigrationPlan, bakeSeconds: number): MigrationPlan {
  const { spec } = plan;
  const groups = spec.traffic.groups.map((group) => ({ ...group, bakeSeconds }));
  return { ...plan, spec: { ...spec, traffic: { ...spec.traffic, groups } } };
}

/** The guardrail for green's 99th percentile, in milliseconds. */
export function withLatencyLimit(plan: MigrationPlan, max: number): MigrationPlan {
  const { spec } = plan;
  const guardrails = spec.analysis.guardrails.map((guardrail) =>
    guardrail.metric === 'latency-p99' ? { ...guardrail, max } : guardrail,
  );
  return { ...plan, spec: { ...spec, analysis: { ...spec.analysis, guardrails } } };
}

import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { fakePlan } from '#test/fakes/fake-plan.ts';

/** The miniature plan with a comparison, and bakes that hold enough periods for the judge. @param bakeSeconds at least 0.5 */
export function judgedPlan(bakeSeconds = 0.6): MigrationPlan {
  const { traffic, analysis } = fakePlan().spec;
  const groups = traffic.groups.map((group) => ({ ...group, bakeSeconds }));
  const compare = [
    { metric: 'error-rate', from: 'app', direction: 'increase', critical: false, tolerance: 0.25 },
  ] as const;
  return fakePlan({ traffic: { ...traffic, groups }, analysis: { ...analysis, compare } });
}

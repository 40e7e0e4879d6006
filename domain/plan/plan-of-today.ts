import type { MigrationPlan } from './migration-plan.ts';
import { patienceSeconds } from '#domain/traffic/patience.ts';

/**
 * A plan as this version reads it: runs outlive deploys (I12), and a run begun by an earlier version carries a plan that was
 * parsed before newer fields had defaults. Each field that came later is filled in here, the plan's own value first.
 */
export function planOfToday(plan: MigrationPlan): MigrationPlan {
  const { traffic } = plan.spec;
  const groups = traffic.groups.map((group) => ({
    ...Object.assign({ bakeAtMostSeconds: patienceSeconds(group.bakeSeconds) }, group),
    routes: group.routes.map((route) => Object.assign({ acceptSticky: false }, route)),
  }));
  return { ...plan, spec: { ...plan.spec, traffic: { ...traffic, groups } } };
}

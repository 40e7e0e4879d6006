/**
 * The plan of one migration: its type, and the check that makes one.
 *
 * Invariants: a {@link MigrationPlan} only comes from {@link checkPlan}; it is JSON-safe and complete. Workflows and
 * other domain files `import type` from here, so that zod stays out of the workflow bundle; `checkPlan` is called by
 * `clients/` alone. The schema's parts and the rules between fields are in `plan/`.
 */
export { checkPlan, type MigrationPlan } from './check-plan.ts';
export type { PlanPath, PlanProblem } from './problems.ts';

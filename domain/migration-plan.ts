/**
 * The plan of one migration: its types, and the check that makes one.
 *
 * Invariants: a {@link MigrationPlan} only comes from {@link checkPlan}; it is JSON-safe and complete. Workflows and
 * other domain files `import type` from here, so that zod stays out of the workflow bundle; values are imported by
 * `clients/` alone. The schema's parts are in `plan/`.
 */
import type { MigrationPlan } from './plan/check-plan.ts';

export { checkPlan, type MigrationPlan, type PlanCheck } from './plan/check-plan.ts';
export type { PlanPath, PlanProblem } from './plan/problems.ts';

type Spec = MigrationPlan['spec'];

/** Account, region and role of one side. */
export type Access = Spec['access']['default'];
/** The sides that may have an access of their own. */
export type AccessSide = keyof Spec['access'];
/** Routes that move together, with their steps. */
export type TrafficGroup = Spec['traffic']['groups'][number];
/** One weighted place. */
export type Route = TrafficGroup['routes'][number];
/** What a rollback must keep. */
export type TrafficPromise = Spec['traffic']['promise'];
export type Analysis = Spec['analysis'];
/** Where figures come from, with period and lateness. */
export type MetricSource = Analysis['sources'][string];
/** A limit watched whenever green has traffic; `max` and `min` are in the metric's unit (percent, ms, count). */
export type Guardrail = Analysis['guardrails'][number];
/** A comparison of green with blue for the judge. */
export type Comparison = Analysis['compare'][number];
/** A question green must answer before any user meets it. */
export type SmokeCheck = Spec['smoke'][number];
export type GateName = keyof Spec['gates'];
/** A wait for people. */
export type Gate = Spec['gates'][GateName];
/** A way to tell people. */
export type NotifyTarget = Spec['notify'][number];
export type Singletons = Spec['singletons'];

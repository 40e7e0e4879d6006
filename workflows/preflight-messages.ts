import type { Finding } from '#domain/preflight/finding.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/** What clients send and get of a preflight that no migration follows. */
export interface PreflightInput {
  readonly plan: MigrationPlan;
  /** Of the migration that the plan would be: what it made before is known by it. */
  readonly workflowId: string;
}

export interface PreflightResult {
  /** Blocks first. */
  readonly findings: readonly Finding[];
  /** Kubernetes minor. */
  readonly blueVersion: string;
}

/** The workflow's registered name. */
export const PREFLIGHT_PLAN = 'preflightPlan';

import { createHash } from 'node:crypto';
import { workflowIdOf } from '#domain/identity.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/** The id of the one migration that may run for the plan's blue cluster. */
export function workflowIdOfPlan(plan: MigrationPlan): string {
  const { account, region } = plan.spec.access.blue ?? plan.spec.access.default;
  return workflowIdOf({ account, region, cluster: plan.spec.blue.cluster });
}

/**
 * SHA-256 over the parsed plan as JSON with sorted keys, in hex: comments, order and notation of the file do not
 * count, and defaults count as if they were written.
 */
export function planDigest(plan: MigrationPlan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

import { assertNever } from '#domain/assert-never.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/** How green is made, in a few words for people. */
export function wayText(way: MigrationPlan['spec']['green']['provision']): string {
  switch (way.with) {
    case 'eks':
      return 'through the EKS API';
    case 'kro': {
      const fields = Object.keys(way.values);
      const set = fields.length === 0 ? '' : `, with its own ${fields.join(', ')}`;
      return `by kro on ${way.hub}: ${way.definition} in namespace ${way.namespace}${set}`;
    }
    default:
      return assertNever(way);
  }
}

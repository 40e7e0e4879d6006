import { FEWEST_SAMPLES } from '#domain/judge/sample-floors.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';

/**
 * Which stretch of time the judge compares, and whether a bake can hold enough of it. Pure; asked by the shift, the soak and
 * the plan's view.
 */

/** From and until, ISO times. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** Blue with less than this share has too few users to stand for itself, in percent. */
const LEAST_BLUE_PERCENT = 25;

/** The last step at which blue had at least 25 %; null when there was none (a plan that goes to 100 at once). */
export function recordedBlue({ steps }: Pick<MigrationState, 'steps'>): Stretch | null {
  const last = steps.findLast(
    ({ percent, heldSince, doneAt }) =>
      100 - percent >= LEAST_BLUE_PERCENT && heldSince !== undefined && doneAt !== null,
  );
  return last?.heldSince === undefined || last.doneAt === null
    ? null
    : { from: last.heldSince, until: last.doneAt };
}

/** Comparisons whose source closes enough periods in a bake of `seconds`; the others are guarded only. */
export function judgedComparisons(
  { compare, sources }: MigrationPlan['spec']['analysis'],
  seconds: number,
): MigrationPlan['spec']['analysis']['compare'] {
  return compare.filter(({ from }) => {
    const periodSeconds = sources[from]?.periodSeconds ?? Number.POSITIVE_INFINITY;
    return Math.floor(seconds / periodSeconds) >= FEWEST_SAMPLES;
  });
}

import type { MigrationState, RouteWeight } from '#domain/migration-state.ts';
import type { Run } from './run.ts';
import { tell } from './tell.ts';

/** What the shift and its rehearsal write down about weights, and how they stop short of guessing. */

/** The intention, recorded before the write: from here on a rollback brings these routes back (I9). */
export function withIntendedWeights(
  state: MigrationState,
  routeIds: readonly string[],
  percent: number,
  at: string,
): MigrationState {
  const intended = withWeights(state, routeIds, () => ({ intended: percent, observed: null }));
  return { ...intended, greenSince: intended.greenSince ?? at };
}

export function withWeights(
  state: MigrationState,
  routeIds: readonly string[],
  change: (id: string) => Partial<RouteWeight>,
): MigrationState {
  const weights = { ...state.weights };
  for (const id of routeIds)
    weights[id] = {
      ...(weights[id] ?? { intended: 0, readBack: null, observed: null }),
      ...change(id),
    };
  return { ...state, weights };
}

/** Weights stay where they are, people are told why, and decide. */
export function halt(run: Run, reason: string): void {
  run.halt(reason);
  tell(run, 'halted', reason, `cutover resume ${run.ref.workflowId}`);
}

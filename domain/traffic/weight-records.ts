import type { MigrationState, RouteWeight } from '#domain/migration/migration-state.ts';

/**
 * What is written down about weights, before and after each is set (I9): the intention first, so that a rollback brings back
 * whatever may have happened. Pure; called by the shift, its rehearsal and the rollback.
 */

/** The intention, recorded before the write: from here on a rollback brings these routes back. */
export function withIntendedWeights(
  state: MigrationState,
  routeIds: readonly string[],
  percent: number,
  at: string,
): MigrationState {
  const intended = withWeights(state, routeIds, () => ({ intended: percent, observed: null }));
  return { ...intended, greenSince: intended.greenSince ?? at };
}

/** The routes' weights with a change applied. */
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

/** Users are back: what was read back, and what their requests showed; a share still seen on green leaves the work undone. */
export function withUsersOnBlue(
  state: MigrationState,
  routeIds: readonly string[],
  seen: {
    /** By route id, percent. */
    readonly readBack: Readonly<Record<string, number>>;
    /** Null where too few requests came to tell. */
    readonly observedPercent: number | null;
  },
): MigrationState {
  const { readBack, observedPercent } = seen;
  const back = withWeights(state, routeIds, (id) => ({
    intended: 0,
    readBack: readBack[id] ?? 0,
    observed: observedPercent,
  }));
  return { ...back, greenSince: null };
}

/**
 * Weights that somebody else changed while a migration runs (I2, I15). Forward we hold and say what was found: whoever
 * changed a rule knows something that we do not. A change towards blue is what a person does who wants users back, so it is
 * taken as a request to roll back. Pure; called by the guard, who reads the weights.
 */
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';
import { isShare } from './same-share.ts';
import { weightOf } from './traffic-plan.ts';

/** What was found on a route: green's share in percent, null when green is not on it, `strange` when it is not ours to read. */
export type FoundShare = number | null | 'strange';

export interface ForeignEdit {
  readonly kind: 'foreign-edit';
  /** `blue`: nobody has more green than we set, and somebody less. */
  readonly towards: 'blue' | 'elsewhere';
  readonly reasons: readonly string[];
}

/**
 * What each route may read, in percent of green: as it was left, and as the next write would make it, because a guard that
 * began before that write sees it too. Routes whose last write was not read back are left out.
 */
export type ExpectedShares = Readonly<Record<string, readonly number[]>>;

/** Green's share while a rollback is rehearsed, in percent: the fewest users that a whole percentage can risk. */
export const REHEARSED_PERCENT = 1;

export function expectedShares(
  state: Pick<MigrationState, 'weights'>,
  groups: MigrationPlan['spec']['traffic']['groups'],
  keepBluePercent: number,
): ExpectedShares {
  return Object.fromEntries(
    groups.flatMap(({ routes, steps }) =>
      routes.flatMap(({ id }) => {
        const weight = state.weights[id];
        if (weight === undefined || !isShare(weight.readBack, weight.intended)) return [];
        const { intended } = weight;
        // What blue keeps while green soaks is green's last.
        const weights = [...steps.map((percent) => weightOf(percent, keepBluePercent)), 100];
        const next = weights.find((percent) => percent > intended) ?? intended;
        const rehearsed = intended === 0 ? [REHEARSED_PERCENT] : [];
        return [[id, [...new Set([intended, ...rehearsed, next])]]];
      }),
    ),
  );
}

/**
 * What these routes may read just before `percent` is written on them: what was left there, or an earlier attempt of the
 * same write. A route whose last write was not read back, or was doubted, may read anything.
 */
export function sharesBeforeWrite(
  { weights }: Pick<MigrationState, 'weights'>,
  routeIds: readonly string[],
  percent: number,
): ExpectedShares {
  return Object.fromEntries(
    routeIds.flatMap((id) => {
      const weight = weights[id];
      return weight === undefined || !isShare(weight.readBack, weight.intended)
        ? []
        : [[id, [weight.intended, percent]]];
    }),
  );
}

/** Does every route read what it was left at? Where not, something moved since: our own hand or another's. */
export function areAsLeft(
  expected: ExpectedShares,
  found: ReadonlyMap<string, FoundShare>,
): boolean {
  return [...found].every(([routeId, share]) => {
    const [left] = expected[routeId] ?? [];
    return left !== undefined && readsAs(share, left);
  });
}

/** The edit that explains what was read, or null when every route is as we left it. Routes that are not expected are not judged. */
export function foreignEdit(
  expected: ExpectedShares,
  found: ReadonlyMap<string, FoundShare>,
): ForeignEdit | null {
  const changed = Object.entries(expected).flatMap(([routeId, percents]) => {
    const [percent = 0] = percents;
    const share = found.get(routeId);
    return share === undefined || percents.some((one) => readsAs(share, one))
      ? []
      : [{ routeId, percent, share }];
  });
  if (changed.length === 0) return null;
  const isTowardsBlue = changed.every(
    ({ share, percent }) => share === null || (share !== 'strange' && share < percent),
  );
  return {
    kind: 'foreign-edit',
    towards: isTowardsBlue ? 'blue' : 'elsewhere',
    reasons: changed.map(({ routeId, percent, share }) => sentence(routeId, percent, share)),
  };
}

/**
 * A route of which something is expected has green on it, be it at weight 0. Whoever took it off wants no green there: that is how
 * a capsule leaves a route.
 */
function readsAs(share: FoundShare, percent: number): boolean {
  return share !== null && share !== 'strange' && isShare(share, percent);
}

function sentence(routeId: string, percent: number, share: FoundShare): string {
  const now =
    share === 'strange'
      ? 'it forwards to what the plan does not name'
      : share === null
        ? 'green is not on it any more'
        : `green's weight reads ${share} %`;
  return `somebody else changed route ${routeId}: we set green to ${percent} %, now ${now}`;
}

import { expectedShares, type ExpectedShares } from '#domain/traffic/foreign-edits.ts';
import type { KnownWeights } from '#domain/traffic/known-weights.ts';
import type { Run } from './run.ts';

/**
 * What a guard is told of the run's weights, at its beginning and whenever it asks. An edit that people were told of is told once:
 * until they have answered, and weights are written again, nothing is expected of any route.
 */
export function knownWeights({ state, spec }: Run): KnownWeights {
  const expected = state.weightsDoubted === true ? {} : sharesOf({ state, spec });
  return { expected, greenSince: state.greenSince };
}

/** What each route may read, whatever people were told. */
export function sharesOf({ state, spec }: Pick<Run, 'state' | 'spec'>): ExpectedShares {
  return expectedShares(state, spec.traffic.groups, spec.soak.keepBluePercent);
}

import { isStanding } from './effects.ts';
import { frontDoorsOfBlue } from '#domain/traffic/front-door.ts';
import type { MigrationState } from './migration-state.ts';

/**
 * May blue go? (I5) A pure answer over recorded facts, asked at commit and again, with fresh readings, by the
 * activity that deletes. Anything not proven is a no, and every missing proof is named.
 */
export function mayRetire(
  state: MigrationState,
): { readonly yes: true } | { readonly yes: false; readonly missing: readonly string[] } {
  const missing: string[] = [];
  if (state.stop !== null) missing.push('a stop is pending');
  if (state.halted !== null) missing.push('the run is halted');
  if (state.gates.retire?.status !== 'approved') missing.push('gate retire is not approved');
  if (state.phases.shift?.status !== 'done') missing.push('the shift is not done');
  if (state.phases.soak?.status !== 'done') missing.push('the soak is not done');
  if ((state.phases['front-door']?.endedAt ?? null) === null)
    missing.push('users have not left every front door of blue');
  if (state.phases.drain?.status !== 'done') missing.push('blue is not proven idle');
  if (!areHandedOver(state)) missing.push('the singletons are not handed over');
  const routes = state.resolved?.routes ?? [];
  if (routes.length === 0) missing.push('no route was resolved');
  for (const loadBalancer of frontDoorsOfBlue({ routes }))
    missing.push(`users come in through ${loadBalancer}, which would go with blue`);
  for (const route of routes) {
    const weight = state.weights[route.id];
    if (weight === undefined || weight.intended !== 100 || weight.readBack !== 100)
      missing.push(`route ${route.id} is not at 100 % green, read back`);
  }
  return missing.length === 0 ? { yes: true } : { yes: false, missing };
}

/** Singletons left on blue would run nowhere once it is gone (I7). */
function areHandedOver(state: MigrationState): boolean {
  return isStanding(state, 'singletons') && state.effects.singletons?.doneAt !== null;
}

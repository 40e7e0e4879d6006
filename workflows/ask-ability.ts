import type { MigrationActivities } from '#activities/contract.ts';
import { isUnheard } from './guarded-time.ts';
import { quick } from './proxies.ts';
import type { Run } from './run.ts';

/** Can green take `percent` of these routes; and, where time was counted since it was last found there: is the guard at its work? */
export async function askAbility(
  run: Run,
  summary: string,
  { routeIds, percent }: { readonly routeIds: readonly string[]; readonly percent: number },
): ReturnType<MigrationActivities['checkAbility']> {
  return quick(summary).checkAbility({
    ...run.activityInput,
    resolved: run.resolved,
    routeIds,
    percent,
    side: 'green',
    ...(isUnheard(run) ? { asksForGuard: true } : {}),
  });
}

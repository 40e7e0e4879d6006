import type { AbilityInput } from '#activities/contract.ts';
import type { Ability } from '#domain/capacity/ability.ts';
import { isSettled, isUnheard } from './guarded-time.ts';
import { quick } from './proxies.ts';
import type { Run } from './run.ts';

interface Answer extends Ability {
  /** False where it came after a wait, or must be asked again: much may have been said meanwhile, and a checkpoint comes first. */
  readonly isFresh: boolean;
}

/**
 * Can green take `percent` of these routes? Where time was counted since the guard was last found at its work (I4), asks after it as
 * well, and waits until that time is settled; not through checkpoints, because an execution that begins anew begins with another guard.
 */
export async function askAbility(
  run: Run,
  summary: string,
  { routeIds, percent }: Pick<AbilityInput, 'routeIds' | 'percent'>,
): Promise<Answer> {
  let isFresh = true;
  for (;;) {
    const { able, reasons, guard } = await quick(summary).checkAbility({
      ...run.activityInput,
      resolved: run.resolved,
      routeIds,
      percent,
      side: 'green',
      ...(isUnheard(run) ? { asksForGuard: true } : {}),
    });
    if (!able || (await isSettled(run, guard))) return { able, reasons, isFresh };
    if (run.isHeld || run.isToMoveOn) return { able, reasons, isFresh: false };
    isFresh = false;
  }
}

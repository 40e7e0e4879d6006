import { askAbility } from './ask-ability.ts';
import { halt } from './halt.ts';
import type { Run } from './run.ts';

/**
 * Asked before green gets a weight (I3); halts the run where it is not able, so that people mend it and resume. False also where the
 * time before it was not wholly watched (I4): that was made up for, and after a checkpoint it is asked again.
 */
export async function isGreenAble(
  run: Run,
  routeIds: readonly string[],
  percent: number,
): Promise<boolean> {
  const { able, reasons, isFresh } = await askAbility(run, `Is green able to take ${percent} %?`, {
    routeIds,
    percent,
  });
  if (!able) halt(run, `green is not able to take ${percent} %: ${reasons.join('; ')}`);
  return able && isFresh;
}

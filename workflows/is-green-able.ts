import { askAbility } from './ask-ability.ts';
import { isSettled } from './guarded-time.ts';
import { halt } from './halt.ts';
import type { Run } from './run.ts';

/**
 * Asked before green gets a weight (I3); halts the run where it is not able, so that people mend it and resume. False also where the
 * time before it was not wholly watched (I4): that was made up for, and is asked again.
 */
export async function isGreenAble(
  run: Run,
  routeIds: readonly string[],
  percent: number,
): Promise<boolean> {
  const summary = `Is green able to take ${percent} %?`;
  const { able, reasons, guard } = await askAbility(run, summary, { routeIds, percent });
  if (!able) halt(run, `green is not able to take ${percent} %: ${reasons.join('; ')}`);
  return able && (await isSettled(run, guard));
}

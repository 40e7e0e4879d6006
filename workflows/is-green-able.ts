import { quick } from './proxies.ts';
import type { Run } from './run.ts';
import { halt } from './halt.ts';

/** Asked before green gets a weight (I3); halts the run where it is not able, so that people mend it and resume. */
export async function isGreenAble(
  run: Run,
  routeIds: readonly string[],
  percent: number,
): Promise<boolean> {
  const { able, reasons } = await quick(`Is green able to take ${percent} %?`).checkAbility({
    ...run.activityInput,
    resolved: run.resolved,
    routeIds,
    percent,
    side: 'green',
  });
  if (!able) halt(run, `green is not able to take ${percent} %: ${reasons.join('; ')}`);
  return able;
}

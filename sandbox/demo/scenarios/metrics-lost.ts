import { GREEN } from '../figures.ts';
import type { Scenario } from '../scenario.ts';
import { shortOfNoFailures, shortOfRolledBack } from './rolled-back.ts';

const BEGINS_AT_PERCENT = 25;
/** The step that may have begun before the silence could be noticed. */
const NEXT_PERCENT = 50;
/** `missingData` of the plan: a silence shorter than this is waited out. */
const MISSING_SECONDS = 60;

/** Green serves well, as far as anybody could tell: its metrics stopped. */
export const metricsLost: Scenario = {
  name: 'metrics-lost',
  tells: `Green's metrics stop when it has ${BEGINS_AT_PERCENT} % of the users. Missing data is never good news: no further step, and after the plan's ${MISSING_SECONDS} s everybody goes back.`,
  exitCode: 4,
  prepare: () => Promise.resolve(),
  meanwhile: async (stage) => {
    await stage.untilSeen(BEGINS_AT_PERCENT);
    await stage.sandbox.shop.setFaults([{ cluster: GREEN, silent: true }]);
    stage.troubleBegins();
    stage.say("  green's metrics are lost from now on");
  },
  decide: () => 'approve',
  check: (report) => {
    const { rollback, rules, reason } = report;
    return [
      ...shortOfRolledBack(report),
      ...shortOfNoFailures(report),
      ...(reason.includes('of green in source app') ? [] : [`the reason is ${reason}`]),
      ...(rules.greatestGreenPercent <= NEXT_PERCENT + 0.1
        ? []
        : [`green was given ${rules.greatestGreenPercent} % without metrics`]),
      ...(rollback !== null && rollback.detectedSeconds < MISSING_SECONDS / 2
        ? [`rolled back after ${rollback.detectedSeconds} s of silence: nobody waited`]
        : []),
    ];
  },
};

import { GREEN } from '../figures.ts';
import type { Scenario } from '../scenario.ts';
import { withBake } from './changed-plan.ts';
import { shortOfRolledBack } from './rolled-back.ts';
import { scaleFront } from './shop-pods.ts';

const BEGINS_AT_PERCENT = 25;
const BAKE_SECONDS = 30;

/** Green's pods are gone from one moment to the next: nobody is left who could count an error. */
export const targetsDie: Scenario = {
  name: 'targets-die',
  tells: `All pods of green's front die when it has ${BEGINS_AT_PERCENT} % of the users. The guard must see the empty target group and bring everybody back.`,
  exitCode: 4,
  plan: (plan) => withBake(plan, BAKE_SECONDS),
  prepare: () => Promise.resolve(),
  meanwhile: async (stage) => {
    await stage.untilSeen(BEGINS_AT_PERCENT);
    stage.troubleBegins();
    stage.say("  green's pods die");
    await scaleFront(stage, GREEN, 0);
  },
  decide: () => 'approve',
  check: (report) => [
    ...shortOfRolledBack(report),
    ...(report.rules.greatestGreenPercent <= BEGINS_AT_PERCENT + 0.2
      ? []
      : [`a rule gave green ${report.rules.greatestGreenPercent} %`]),
    ...(report.reason.includes('healthy-targets') ? [] : [`the reason is ${report.reason}`]),
  ],
};

import { BLUE } from '#sandbox/world/seed-blue.ts';
import { GREEN } from '../figures.ts';
import { weightChanges } from '../rules.ts';
import type { DemoReport, Scenario } from '../scenario.ts';
import { withBake } from './changed-plan.ts';
import { scaleFront } from './shop-pods.ts';

const BEGINS_AT_PERCENT = 50;
const BAKE_SECONDS = 60;
/** As the shop's manifests have it. */
const BLUE_REPLICAS = 3;
const ERROR_RATE = 0.3;

/** There is nothing to go back to: bringing users "back" would send the rest of them to a broken side. */
export const blueShrunk: Scenario = {
  name: 'blue-shrunk',
  tells: `At ${BEGINS_AT_PERCENT} % somebody scales blue's front to nothing, then green fails. The run must halt and call people instead of sending everybody to a side that has no pods; when blue is scaled back, a person resumes and everybody comes back.`,
  exitCode: 4,
  plan: (plan) => withBake(plan, BAKE_SECONDS),
  prepare: () => Promise.resolve(),
  meanwhile: async (stage) => {
    const { sandbox } = stage;
    await stage.untilSeen(BEGINS_AT_PERCENT);
    stage.troubleBegins();
    stage.say("  somebody scales blue's front to nothing");
    await scaleFront(stage, BLUE, 0);
    await sandbox.shop.setFaults([{ cluster: GREEN, status: 503, rate: ERROR_RATE }]);
    stage.say(`  green answers ${ERROR_RATE * 100} % of its users with 503`);
    const reason = await stage.untilHalted();
    const left = weightChanges(sandbox).at(-1)?.greenPercent;
    stage.say(`  halted with green at ${left} %: ${reason}`);
    await scaleFront(stage, BLUE, BLUE_REPLICAS);
    stage.say('  blue has its pods again');
    await stage.send('resume', 'ada', 'blue is able again');
  },
  decide: () => 'approve',
  check: (report) => [
    ...(report.outcome === 'rolled-back' ? [] : [`the outcome is ${report.outcome}`]),
    ...shortOfHalt(report),
    ...(report.rules.unchanged ? [] : ['the rules are not as they were']),
    ...(report.blue.exists ? [] : ['blue is gone']),
    ...(report.traffic.greenAtWeightZero === 0
      ? []
      : [`${report.traffic.greenAtWeightZero} users met green at weight 0`]),
    ...(report.exposure === null ? ['nobody counted who was exposed'] : []),
  ],
};

function shortOfHalt({ halts }: DemoReport): readonly string[] {
  return halts.some((reason) => reason.includes('blue is not able'))
    ? []
    : [`no halt said that blue is not able: ${JSON.stringify(halts)}`];
}

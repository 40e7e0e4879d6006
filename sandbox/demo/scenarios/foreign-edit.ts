import { DescribeRulesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { weightChanges } from '../rules.ts';
import type { DemoReport, Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { withBake } from './changed-plan.ts';
import { shortOfNoFailures } from './rolled-back.ts';

const BEGINS_AT_PERCENT = 25;
const EDITED_TO_PERCENT = 60;
/** Longer than the guard takes to be sure that a weight is not its own engine's write under way (12 s). */
const BAKE_SECONDS = 30;

/** A colleague is in a hurry and turns the rule by hand, in the middle of a bake. */
export const foreignEdit: Scenario = {
  name: 'foreign-edit',
  tells: `In the middle of the bake at ${BEGINS_AT_PERCENT} % somebody sets green to ${EDITED_TO_PERCENT} % by hand. The run must halt and say so; a person resumes, and the weights are the plan's again.`,
  exitCode: 0,
  plan: (plan) => withBake(plan, BAKE_SECONDS),
  prepare: () => Promise.resolve(),
  meanwhile: async (stage) => {
    await stage.untilSeen(BEGINS_AT_PERCENT);
    await editRule(stage);
    stage.troubleBegins();
    stage.say(`  a colleague sets green to ${EDITED_TO_PERCENT} % by ModifyRule`);
    const reason = await stage.untilHalted();
    stage.say(`  halted: ${reason}`);
    await stage.send('resume', 'ada', 'the edit was a mistake');
    await stage.until('the weights were written again', () =>
      isNear(weightChanges(stage.sandbox).at(-1)?.greenPercent, BEGINS_AT_PERCENT),
    );
    stage.troubleEnds();
  },
  decide: () => 'approve',
  check: (report) => [
    ...(report.outcome === 'completed' ? [] : [`the outcome is ${report.outcome}`]),
    ...shortOfNoFailures(report),
    ...(report.traffic.greenAtWeightZero === 0
      ? []
      : [`${report.traffic.greenAtWeightZero} users met green at weight 0`]),
    ...(report.blue.exists ? ['blue still exists'] : []),
    ...shortOfHalt(report),
    ...shortOfSecondWrite(report),
  ],
};

/** As the console does it: both target groups, other weights. */
async function editRule({ elbv2 }: Stage): Promise<void> {
  const { ruleArn, blueTargetGroupArn, greenTargetGroupArn } = SHOP_FRONT_DOOR;
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
  const Actions = Rules?.[0]?.Actions?.map((action) => ({
    ...action,
    ForwardConfig: {
      ...action.ForwardConfig,
      TargetGroups: [
        { TargetGroupArn: blueTargetGroupArn, Weight: 100 - EDITED_TO_PERCENT },
        { TargetGroupArn: greenTargetGroupArn, Weight: EDITED_TO_PERCENT },
      ],
    },
  }));
  await elbv2.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions }));
}

function shortOfHalt({ halts }: DemoReport): readonly string[] {
  const named = halts.some(
    (reason) =>
      reason.includes('route web') &&
      reason.includes(`${BEGINS_AT_PERCENT} %`) &&
      reason.includes(`${EDITED_TO_PERCENT} %`),
  );
  return named ? [] : [`no halt named the edit: ${JSON.stringify(halts)}`];
}

function shortOfSecondWrite({ rules: { greenPercents } }: DemoReport): readonly string[] {
  const edited = greenPercents.findIndex((percent) => isNear(percent, EDITED_TO_PERCENT));
  const after = greenPercents[edited + 1];
  return edited > 0 && isNear(after, BEGINS_AT_PERCENT)
    ? []
    : [`after the edit green was given ${after} %: ${greenPercents.join(', ')}`];
}

function isNear(percent: number | undefined, wanted: number): boolean {
  return percent !== undefined && Math.abs(percent - wanted) < 0.2;
}

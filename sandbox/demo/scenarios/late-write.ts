import { SHOP_FRONT_DOOR } from '#sandbox/aws/elbv2/seed.ts';
import { isRecord } from '#sandbox/aws/core/values.ts';
import type { DemoReport, Scenario } from '../scenario.ts';
import { shortOfNoFailures, shortOfRolledBack } from './rolled-back.ts';

const AFTER_PERCENT = 25;
const LATE_PERCENT = 50;
/** The sender gives up after 3 s, and the rollback has written by then; within the 12 s in which a late write can land. */
const LANDS_AFTER_MS = 8_000;

/** A request that everybody had given up arrives when the rollback is done. */
export const lateWrite: Scenario = {
  name: 'late-write',
  tells: `The write of ${LATE_PERCENT} % is held up in the network, a person rolls back meanwhile, and seconds after the rollback's own write the old one lands. It must not have its way.`,
  exitCode: 4,
  prepare: () => Promise.resolve(),
  meanwhile: async (stage) => {
    await stage.untilSeen(AFTER_PERCENT);
    const { faults, audit } = stage.sandbox.aws;
    const id = faults.add({
      operation: 'ModifyRule',
      match: givesGreen,
      times: 1,
      effect: { kind: 'late', afterMs: LANDS_AFTER_MS },
    });
    await stage.until('the write was held up', () =>
      faults.list().some((fault) => fault.id === id && fault.fired > 0),
    );
    stage.say(`  the write of ${LATE_PERCENT} % is held up in the network`);
    await stage.send('rollback', 'ada', 'the shop looks wrong');
    await stage.until('the late write landed', () =>
      audit
        .entries({ operation: 'ModifyRule' })
        .some(({ result }) => result.kind === 'lost' && result.fault === 'late'),
    );
    stage.troubleBegins();
    stage.say('  the late write has landed');
  },
  decide: () => 'approve',
  check: (report) => [
    ...shortOfRolledBack(report),
    ...shortOfNoFailures(report),
    ...shortOfReassertion(report),
  ],
};

/** Any share for green beyond the step before. */
function givesGreen(input: Readonly<Record<string, unknown>>): boolean {
  return (
    input['RuleArn'] === SHOP_FRONT_DOOR.ruleArn &&
    groupsOf(input['Actions']).some(
      (group) =>
        group['TargetGroupArn'] === SHOP_FRONT_DOOR.greenTargetGroupArn &&
        Number(group['Weight']) > 0,
    )
  );
}

function groupsOf(actions: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (Array.isArray(actions) ? actions : []).filter(isRecord).flatMap((action) => {
    const config = action['ForwardConfig'];
    const groups: unknown = isRecord(config) ? config['TargetGroups'] : [];
    return (Array.isArray(groups) ? groups : []).filter(isRecord);
  });
}

/** 25, 0 by the rollback, 50 out of the past, and 0 again because somebody looked. */
function shortOfReassertion({ rules: { greenPercents } }: DemoReport): readonly string[] {
  const late = greenPercents.findLastIndex((percent) => Math.abs(percent - LATE_PERCENT) < 0.2);
  const wentBack = greenPercents[late - 1] === 0 && greenPercents[late + 1] === 0;
  return late > 0 && wentBack
    ? []
    : [`green was given ${greenPercents.join(', ')} %: the late write was not brought back`];
}

/** What every rollback owes its users, whatever was the reason: one list of shortcomings for all scenarios that end with exit code 4. */
import type { DemoReport } from '../scenario.ts';

export function shortOfRolledBack({
  outcome,
  traffic,
  rollback,
  rules,
  blue,
  green,
}: DemoReport): readonly string[] {
  return [
    ...(outcome === 'rolled-back' ? [] : [`the outcome is ${outcome}`]),
    ...(rollback === null ? ['nothing was rolled back'] : []),
    ...(traffic.failedAtBlue === 0 ? [] : [`${traffic.failedAtBlue} requests failed at blue`]),
    ...(traffic.greenAtWeightZero === 0
      ? []
      : [`${traffic.greenAtWeightZero} users met green at weight 0`]),
    ...(rules.unchanged ? [] : ['the rules are not as they were']),
    ...(blue.exists ? [] : ['blue is gone']),
    ...(green.exists ? [] : ['green was not kept for inspection']),
  ];
}

/** Nobody broke anything but speed or sight, so nobody's request may fail. */
export function shortOfNoFailures({ traffic }: DemoReport): readonly string[] {
  return traffic.failed === 0
    ? []
    : [
        `${traffic.failed} requests failed: ${JSON.stringify({ ...traffic.statuses, ...traffic.unanswered })}`,
      ];
}

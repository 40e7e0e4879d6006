import type { Scenario } from '../scenario.ts';

/** People say no before the first user meets green. */
export const rejected: Scenario = {
  name: 'rejected',
  tells:
    'Green is ready, people look at the evidence and say no. Nothing may remain of the attempt in any rule.',
  exitCode: 8,
  prepare: () => Promise.resolve(),
  decide: () => 'reject',
  check: ({ traffic, rules, blue }) => [
    ...(traffic.failed === 0 ? [] : [`${traffic.failed} requests failed`]),
    ...(rules.greatestGreenPercent === 0
      ? []
      : [`a rule gave green ${rules.greatestGreenPercent} %`]),
    ...(rules.unchanged ? [] : ['the rules are not as they were']),
    ...(blue.exists ? [] : ['blue is gone']),
  ],
};

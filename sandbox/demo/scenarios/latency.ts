import { BLUE } from '#sandbox/world/seed-blue.ts';
import { GREEN } from '../figures.ts';
import type { Scenario } from '../scenario.ts';
import { withLatencyLimit } from './changed-plan.ts';
import { shortOfNoFailures, shortOfRolledBack } from './rolled-back.ts';

/**
 * This shop's pages take 80 ms, one in a hundred 200 ms: slow enough that a stalled machine of ours is not taken for a slow
 * green, whose pages come to take ten times as long.
 */
const ORDINARY = 10;
const SLOWER = 10;
const MOST_P99_MS = 600;
const BEGINS_AT_PERCENT = 25;

/** Green answers everything, and too late. */
export const latency: Scenario = {
  name: 'latency',
  tells: `Green becomes ${SLOWER} times slower when it has ${BEGINS_AT_PERCENT} % of the users; no request fails. The guard must notice and bring everybody back.`,
  exitCode: 4,
  plan: (plan) => withLatencyLimit(plan, MOST_P99_MS),
  prepare: ({ shop }) =>
    shop.setFaults([BLUE, GREEN].map((cluster) => ({ cluster, latencyMultiplier: ORDINARY }))),
  meanwhile: async (stage) => {
    await stage.untilSeen(BEGINS_AT_PERCENT);
    await stage.sandbox.shop.setFaults([
      { cluster: BLUE, latencyMultiplier: ORDINARY },
      { cluster: GREEN, latencyMultiplier: ORDINARY * SLOWER },
    ]);
    stage.troubleBegins();
    stage.say(`  green's pods take ${SLOWER} times as long from now on`);
  },
  decide: () => 'approve',
  check: (report) => [
    ...shortOfRolledBack(report),
    ...shortOfNoFailures(report),
    ...(report.reason.includes('latency-p99') ? [] : [`the reason is ${report.reason}`]),
  ],
};

import type { Timings } from '#activities/timings.ts';

/** The engine's pauses shrunk to the scale of the fake plan. */
export const QUICK_TIMINGS: Timings = {
  waitSeconds: [0.01, 0.02, 0.05],
  probePauseMs: 10,
  kubernetesEveryMs: 20,
  writeWithinMs: 2_000,
  readBackPauseMs: 10,
  staleReadMs: 100,
  settleSeconds: 0.02,
  heartbeatMs: 50,
  smokeWithinMs: 200,
  smokePauseMs: 10,
  smokeInARow: 3,
  smokeTimeoutMs: 1_000,
  baselineSeconds: 0.5,
  loadSeconds: 0.5,
  asideWithinMs: 1_000,
  metricsPauseMs: 10,
  pullWithinMs: 2_000,
  lateWriteMs: 200,
  foreignEditMs: 300,
  guardGapMs: 2_000,
  rehearsalMeetMs: 2_000,
  sessionsEndWithinMs: 1_500,
  healthyAgainWithinMs: 2_000,
  cleanUpWithinMs: 1_000,
};

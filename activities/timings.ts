import { KUBERNETES_EVERY_SECONDS, PROBE_PAUSE_SECONDS } from '#domain/guard/detection.ts';

/**
 * The engine's own pauses and limits, apart from the plan's; passed to `createActivities` so that tests need not
 * wait. Each says which fact of the world it answers.
 */
export interface Timings {
  /** Pauses between attempts of a wait, by attempt; the last one stays. Seconds. */
  readonly waitSeconds: readonly number[];
  /** Between two attempts of a guard's probe that failed. */
  readonly probePauseMs: number;
  /** Green's API server is asked for its health no oftener. */
  readonly kubernetesEveryMs: number;
  /** A forward write is not sent later than this after its attempt began; start-to-close is 10 s. */
  readonly writeWithinMs: number;
  /** Pause between two read-backs of a weight. */
  readonly readBackPauseMs: number;
  /** How long a read may show an older weight than the last one read back. ELBv2 gives no figure; far below the guard's 12 s. */
  readonly staleReadMs: number;
  /** Before a throttled write is sent again: twenty routes at once then ask 40 times a second, and no place is free for long. */
  readonly throttlePauseMs: number;
  /** How long a changed rule may take to reach every node of a load balancer. Seconds. */
  readonly settleSeconds: number;
  /** A fast watch shows that it lives at least this often; heartbeat timeouts are 5 s and more. */
  readonly heartbeatMs: number;
  /** How long green may answer a smoke check wrongly through a freshly opened door. */
  readonly smokeWithinMs: number;
  readonly smokePauseMs: number;
  /** Right answers in a row that prove a smoke check. */
  readonly smokeInARow: number;
  /** One smoke request's limit. */
  readonly smokeTimeoutMs: number;
  /** How long blue's load is measured before anything moves; at least one closed period. Seconds. */
  readonly baselineSeconds: number;
  /** Over how long the load of today is looked at, its median taken: longer than a storm of retries. Seconds. */
  readonly loadSeconds: number;
  /** Limit of everything that may be left out of a question of ability: a rollback must not wait for it. */
  readonly asideWithinMs: number;
  /** Shortest pause between two questions for metrics; CloudWatch throttles GetMetricData at 50 calls a second. */
  readonly metricsPauseMs: number;
  /** How long the guard tries to bring all traffic back before it reports that it could not. */
  readonly pullWithinMs: number;
  /**
   * How long after a rollback's own write a forward write of an abandoned attempt may still land: a write is not sent later
   * than `writeWithinMs` after its attempt began, and the SDK gives it up after 3 s more.
   */
  readonly lateWriteMs: number;
  /** A weight that reads otherwise for this long was not changed by us: our own writes are read back within 10 s. */
  readonly foreignEditMs: number;
  /** A guard asks its run again about weights that have not changed after this long, then after twice as long, and so on. */
  readonly askAgainMs: number;
  /** The longest of these pauses: each question is a billed Action, and people may take days to answer. */
  readonly askAgainAtMostMs: number;
  /** A guard that did not look for longer than this says so when it is back. */
  readonly guardGapMs: number;
  /** How long a rehearsal waits for the first user on green. */
  readonly rehearsalMeetMs: number;
  /** How long it waits at most for sessions that stick to green to end; longer ones are what the plan accepted. */
  readonly sessionsEndWithinMs: number;
  /** How long green's targets may take to be healthy again: ELBv2's defaults probe every 30 s and want five passes. */
  readonly healthyAgainWithinMs: number;
  /** How long roles may take to be had by green's pods: IAM's edits reach STS in seconds, a person's `terraform apply` in minutes. */
  readonly roleWithinMs: number;
  /** How long a new cluster may refuse an engine that has an access entry: EKS says that entries take a while to be seen. */
  readonly accessVisibleWithinMs: number;
  /** How long an add-on may be DEGRADED on ready nodes: an image that is pulled slowly, a pod that starts twice. */
  readonly addonRecoversWithinMs: number;
  /** How long kro may say that something is wrong: a controller that starts anew, a definition that is being replaced. */
  readonly hubRecoversWithinMs: number;
  /** Limit of a clean-up that must happen even when the activity was cancelled. */
  readonly cleanUpWithinMs: number;
}

export const PRODUCTION_TIMINGS: Timings = {
  // Grows by about half: at any age of a wait, what is ready is noticed within half that age.
  waitSeconds: [1, 1, 2, 2, 3, 5, 8, 12, 20, 30],
  probePauseMs: PROBE_PAUSE_SECONDS * 1000,
  kubernetesEveryMs: KUBERNETES_EVERY_SECONDS * 1000,
  writeWithinMs: 8_000,
  readBackPauseMs: 250,
  throttlePauseMs: 500,
  staleReadMs: 3_000,
  // AWS gives no figure; observed changes reach an ALB's nodes within a few seconds.
  settleSeconds: 5,
  heartbeatMs: 2_000,
  smokeWithinMs: 20_000,
  smokePauseMs: 500,
  smokeInARow: 3,
  smokeTimeoutMs: 5_000,
  baselineSeconds: 60,
  loadSeconds: 600,
  asideWithinMs: 2_000,
  metricsPauseMs: 500,
  pullWithinMs: 10_000,
  lateWriteMs: 12_000,
  foreignEditMs: 12_000,
  askAgainMs: 4_000,
  askAgainAtMostMs: 200_000,
  guardGapMs: 10_000,
  rehearsalMeetMs: 30_000,
  // The rehearsal as a whole has 30 minutes.
  sessionsEndWithinMs: 15 * 60_000,
  healthyAgainWithinMs: 5 * 60_000,
  roleWithinMs: 15 * 60_000,
  accessVisibleWithinMs: 5 * 60_000,
  addonRecoversWithinMs: 15 * 60_000,
  hubRecoversWithinMs: 2 * 60_000,
  cleanUpWithinMs: 10_000,
};

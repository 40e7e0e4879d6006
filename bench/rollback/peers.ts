/**
 * How long Flagger and Argo Rollouts take to notice, by their own documented formulas and defaults. Computed, not measured:
 * neither runs here. Sources: Flagger `pkg/apis/flagger/v1beta1/canary.go` (interval 60 s, at least 10 s; threshold 1) and its
 * documentation, "rollback time = interval x threshold" (example: 1m x 10); Argo Rollouts `analysis/analysis.go`
 * (failureLimit 0: the first bad sample fails) and its documentation's example (interval 5m, failureLimit 3).
 */
export interface PeerFigure {
  readonly peer: string;
  readonly setting: string;
  /** First bad sample → decision, at most. */
  readonly detectSeconds: number;
}

const FLAGGER_LEAST_INTERVAL_SECONDS = 10;

export function flaggerSeconds(intervalSeconds: number, threshold: number): number {
  return Math.max(FLAGGER_LEAST_INTERVAL_SECONDS, intervalSeconds) * threshold;
}

/** The failure that exceeds the limit is the one after `failureLimit` intervals; a failure just missed costs one more. */
export function argoSeconds(intervalSeconds: number, failureLimit: number): number {
  return intervalSeconds * Math.max(1, failureLimit);
}

export function peerFigures(intervalSeconds: number): readonly PeerFigure[] {
  const flaggerInterval = Math.max(FLAGGER_LEAST_INTERVAL_SECONDS, intervalSeconds);
  return [
    {
      peer: 'Flagger',
      setting: 'its defaults: interval 60 s, threshold 1',
      detectSeconds: flaggerSeconds(60, 1),
    },
    {
      peer: 'Flagger',
      setting: "its documentation's example: interval 60 s, threshold 10",
      detectSeconds: flaggerSeconds(60, 10),
    },
    {
      peer: 'Flagger',
      setting: `our interval, as near as it allows: ${flaggerInterval} s, threshold 1`,
      detectSeconds: flaggerSeconds(intervalSeconds, 1),
    },
    {
      peer: 'Argo Rollouts',
      setting: "its documentation's example: interval 300 s, failureLimit 3",
      detectSeconds: argoSeconds(300, 3),
    },
    {
      peer: 'Argo Rollouts',
      setting: `our interval: ${intervalSeconds} s, its default failureLimit 0`,
      detectSeconds: argoSeconds(intervalSeconds, 0),
    },
  ];
}

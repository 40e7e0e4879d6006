import type { Finding } from './finding.ts';

/** Can the load balancer keep the promise about long-lived connections? A part of `readiness.ts`, which gathers all findings. */
export interface SheddingFacts {
  /** The plan's promise. */
  readonly shedWithinSeconds: number;
  /** Green's target groups, with the time a leaving target keeps its open connections. */
  readonly groups: readonly {
    readonly targetGroupArn: string;
    readonly deregistrationDelaySeconds: number;
  }[];
}

export function sheddingFindings({ shedWithinSeconds, groups }: SheddingFacts): readonly Finding[] {
  return groups.flatMap(({ targetGroupArn, deregistrationDelaySeconds }) =>
    deregistrationDelaySeconds <= shedWithinSeconds
      ? []
      : [
          {
            code: 'shed-slower-than-promised' as const,
            severity: 'warn' as const,
            resource: targetGroupArn,
            title: `long-lived connections may stay on green for its deregistration delay of ${deregistrationDelaySeconds} s after a rollback, the plan promises ${shedWithinSeconds} s`,
            remedy:
              'lower deregistration_delay.timeout_seconds of the target group, or promise less in traffic.promise.shedWithin',
          },
        ],
  );
}

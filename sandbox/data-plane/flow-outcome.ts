/**
 * What became of one TCP connection at a network load balancer: the event from which counters and CloudWatch metrics are fed.
 * Told once, when the connection to a target came about or could not; how long it lasts is not of interest to anybody here.
 */
export interface FlowOutcome {
  readonly loadBalancerArn: string;
  /** Undefined where no target group was chosen: no rule yet, or every weight 0. */
  readonly targetGroupArn?: string;
  /** When the client connected, in milliseconds since the epoch. */
  readonly atMs: number;
  /** False: the client was reset, because there was no target or nobody listened there. */
  readonly established: boolean;
}

export type FlowListener = (outcome: FlowOutcome) => void;

/**
 * What became of one request at a load balancer: the event from which counters, CloudWatch metrics and tests are fed.
 * It names who answered: a target (with its own status) or the load balancer itself.
 */

export type RequestOutcome = {
  readonly loadBalancerArn: string;
  /** Undefined where no target group was chosen: fixed answers, redirects, no rule. */
  readonly targetGroupArn?: string;
  /** When the request came in, in milliseconds since the epoch. */
  readonly atMs: number;
} & (
  | { readonly answeredBy: 'target'; readonly statusCode: number; readonly responseTimeMs: number }
  | {
      readonly answeredBy: 'load-balancer';
      readonly statusCode: number;
      /** True where no connection to the chosen target came about. */
      readonly connectionError: boolean;
    }
);

export type OutcomeListener = (outcome: RequestOutcome) => void;

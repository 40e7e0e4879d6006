/**
 * Running totals of what a data plane served, per load balancer and per target group: for status pages and tests, which
 * want counts at once and not minutes late. CloudWatch metrics are kept apart from this.
 */
import type { RequestOutcome } from './request-outcome.ts';

export interface TrafficTotals {
  readonly requests: number;
  readonly target2xx: number;
  readonly target4xx: number;
  readonly target5xx: number;
  /** 5xx made by the load balancer itself: 502, 503, 504. */
  readonly elb5xx: number;
  readonly connectionErrors: number;
}

const NOTHING: TrafficTotals = {
  requests: 0,
  target2xx: 0,
  target4xx: 0,
  target5xx: 0,
  elb5xx: 0,
  connectionErrors: 0,
};

export class TrafficCounter {
  readonly #totals = new Map<string, TrafficTotals>();

  count(outcome: RequestOutcome): void {
    this.#add(outcome.loadBalancerArn, outcome);
    if (outcome.targetGroupArn !== undefined) this.#add(outcome.targetGroupArn, outcome);
  }

  /** Totals of a load balancer or a target group; all 0 where nothing was counted. */
  totals(arn: string): TrafficTotals {
    return this.#totals.get(arn) ?? NOTHING;
  }

  #add(arn: string, outcome: RequestOutcome): void {
    const before = this.totals(arn);
    const hundreds = Math.floor(outcome.statusCode / 100);
    const target = outcome.answeredBy === 'target';
    this.#totals.set(arn, {
      requests: before.requests + 1,
      target2xx: before.target2xx + Number(target && hundreds === 2),
      target4xx: before.target4xx + Number(target && hundreds === 4),
      target5xx: before.target5xx + Number(target && hundreds === 5),
      elb5xx: before.elb5xx + Number(!target && hundreds === 5),
      connectionErrors: before.connectionErrors + Number(!target && outcome.connectionError),
    });
  }
}

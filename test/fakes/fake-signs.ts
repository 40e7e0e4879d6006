import type { AlarmState, Alarms } from '#activities/ports/alarms.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { LoadBalancerMetrics } from '#activities/ports/load-balancer-metrics.ts';
import type { Promql } from '#activities/ports/promql.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { Timeline } from './timeline.ts';

/** What guardrails see beside traffic: alarms by name, any query's value over time, and load balancers that answer 5xx. */
export class FakeSigns {
  /** By name; absent: there is no such alarm. */
  readonly states = new Map<string, AlarmState>();
  /** Value of each query over time, as it is sent; null: no value. A query without an entry cannot be parsed. */
  readonly values = new Map<string, Timeline<number | null>>();
  /** Share of all requests that every load balancer answers 5xx itself, 0–1. */
  readonly loadBalancerErrorRate = new Timeline(0);
  /** Requests of every load balancer in each period. */
  requestsPerPeriod = 1_000;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on. */
  alarm(name: string, state: AlarmState['state'], reason = 'threshold crossed'): void {
    this.states.set(name, { state, reason, sinceMs: this.#clock.nowMs() });
  }

  readonly alarms: Alarms = {
    read: async (_, names) =>
      new Map(
        names.flatMap((name) => {
          const state = this.states.get(name);
          return state === undefined ? [] : [[name, state] as const];
        }),
      ),
  };

  readonly promql: Promql = {
    read: async ({ query, fromSeconds, toSeconds, stepSeconds }) => {
      const value = this.values.get(query);
      if (value === undefined)
        throw new CutoverFailure('invalid-request', 'parse error', { resource: query });
      const moments: { readonly atSeconds: number; readonly values: readonly number[] }[] = [];
      for (let step = 0; fromSeconds + step * stepSeconds <= toSeconds + 1e-6; step += 1) {
        const atSeconds = fromSeconds + step * stepSeconds;
        const now = value.at(atSeconds * 1000);
        if (now !== null) moments.push({ atSeconds, values: [now] });
      }
      return moments;
    },
  };

  readonly loadBalancerMetrics: LoadBalancerMetrics = {
    read: async ({ loadBalancerArns, periodSeconds, fromSeconds, toSeconds }) => {
      const periods = Math.round((toSeconds - fromSeconds) / periodSeconds);
      const points = Array.from({ length: periods }, (_, index) => {
        const startSeconds = fromSeconds + index * periodSeconds;
        const errors = this.requestsPerPeriod * this.loadBalancerErrorRate.at(startSeconds * 1000);
        return { startSeconds, requests: this.requestsPerPeriod, errors: Math.round(errors) };
      }).filter(({ requests }) => requests > 0);
      return new Map(loadBalancerArns.map((arn) => [arn, points]));
    },
  };
}

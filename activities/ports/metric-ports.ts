import type { ColourPoint } from '#domain/guard/guardrails.ts';
import type { LoadBalancerPoint } from '#domain/guard/observations.ts';
import type { Access } from './ports.ts';

/** What activities need of sources of figures; a part of `ports.ts`, whose rules hold here. */

/** A source of the plan's `analysis.sources`, with what a query needs. */
export type MetricSource =
  | {
      readonly with: 'cloudwatch';
      readonly namespace: string;
      readonly dimension: string;
      readonly metrics: {
        readonly requests: string;
        readonly errors: string;
        readonly latency: string;
      };
      readonly periodSeconds: number;
      readonly latenessSeconds: number;
    }
  | {
      readonly with: 'cloudwatch-alb';
      readonly periodSeconds: number;
      readonly latenessSeconds: number;
    }
  | {
      readonly with: 'prometheus';
      readonly url: string;
      /** Name of the token that the worker holds for it; never the token itself (I10). */
      readonly token?: string | undefined;
      /** PromQL with placeholders; each answers one series. A percentile that is not asked for is not known. */
      readonly queries: {
        readonly requests: string;
        readonly errors: string;
        readonly p50?: string | undefined;
        readonly p90?: string | undefined;
        readonly p99?: string | undefined;
      };
      /** What the percentiles are told in. */
      readonly latencyUnit: 's' | 'ms';
      readonly periodSeconds: number;
      readonly latenessSeconds: number;
    };

export interface MetricQuery<Source extends MetricSource = MetricSource> {
  readonly access: Access;
  readonly source: Source;
  readonly blueCluster: string;
  readonly greenCluster: string;
  readonly routes: readonly {
    readonly loadBalancerArn: string;
    /** Where green has a load balancer of its own. */
    readonly greenLoadBalancerArn?: string;
    readonly blueTargetGroupArn: string;
    readonly greenTargetGroupArn: string;
  }[];
  /** Aligned to the period, epoch seconds; points with start in [from, to). */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Requests, errors and latency per colour. */
export interface TrafficMetrics<Source extends MetricSource = MetricSource> {
  /** Oldest first; a period in which nothing was counted has no point. */
  read(
    query: MetricQuery<Source>,
    signal: AbortSignal,
  ): Promise<{ readonly blue: readonly ColourPoint[]; readonly green: readonly ColourPoint[] }>;
}

/** What load balancers did, whatever colour was behind them. */
export interface LoadBalancerMetrics {
  /** By ARN, oldest first; a period in which nothing came has no point. The range is aligned to the period. */
  read(
    query: {
      readonly access: Access;
      readonly loadBalancerArns: readonly string[];
      readonly periodSeconds: number;
      readonly fromSeconds: number;
      readonly toSeconds: number;
    },
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly LoadBalancerPoint[]>>;
}

export interface AlarmState {
  /** `UNKNOWN`: it has too little data to say. */
  readonly state: 'OK' | 'ALARM' | 'UNKNOWN';
  /** When it came into this state, epoch milliseconds; null when nobody says. */
  readonly sinceMs: number | null;
  readonly reason: string;
}

export interface Alarms {
  /** States by name; a name that is no alarm of this account and region is left out. */
  read(
    access: Access,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, AlarmState>>;
}

export interface Promql {
  /**
   * The query's values at `fromSeconds`, one step later, … until `toSeconds`, oldest first; a moment without a number is left
   * out. A query that cannot be parsed: `invalid-request`.
   */
  read(
    question: {
      readonly server: { readonly url: string; readonly token?: string | undefined };
      readonly query: string;
      readonly fromSeconds: number;
      readonly toSeconds: number;
      readonly stepSeconds: number;
    },
    signal: AbortSignal,
  ): Promise<readonly { readonly atSeconds: number; readonly values: readonly number[] }[]>;
}

import type { ColourPoint } from '#domain/guard/traffic-window.ts';
import type { Access } from './refs.ts';

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

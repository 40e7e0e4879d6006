import type { LoadBalancerPoint } from '#domain/guard/observations.ts';
import type { Access } from './refs.ts';

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

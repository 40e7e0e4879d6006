import type { KubernetesHealth } from './kubernetes-health.ts';

/**
 * What guardrails see that no source of traffic tells: the guard reads these at each look, beside the sources, and judges
 * them the same way. What could not be read has no observation: it is missing data, never fine (I4).
 */
export type Observation =
  | AlarmObservation
  | PromqlObservation
  | ProbeObservation
  | LoadBalancerObservation
  | KubernetesObservation;

/** Observations by the guardrail's position in the plan. */
export type Observations = Readonly<Record<number, Observation>>;

interface AlarmObservation {
  readonly metric: 'alarm';
  readonly state: 'OK' | 'ALARM';
  /** How long it has been in this state. */
  readonly forSeconds: number;
  /** CloudWatch's own reason. */
  readonly reason: string;
}

interface PromqlObservation {
  readonly metric: 'promql';
  /** The worst value of each moment that had one, newest first. */
  readonly values: readonly number[];
}

interface ProbeObservation {
  readonly metric: 'probe';
  /** What each attempt answered instead of what it should, oldest first; none when one succeeded. */
  readonly failures: readonly string[];
}

/** What load balancers did in closed periods, whatever colour was behind them. */
interface LoadBalancerObservation {
  readonly metric: 'load-balancer-5xx';
  readonly loadBalancers: readonly {
    readonly name: string;
    /** Oldest first. */
    readonly points: readonly LoadBalancerPoint[];
    /** Share of its own 5xx before anything moved, percent. */
    readonly baselinePercent: number;
  }[];
}

export interface LoadBalancerPoint {
  /** Start of the period, epoch seconds. */
  readonly startSeconds: number;
  readonly requests: number;
  /** Requests that the load balancer itself answered 5xx. */
  readonly errors: number;
}

interface KubernetesObservation {
  readonly metric: 'kubernetes';
  readonly health: KubernetesHealth;
}

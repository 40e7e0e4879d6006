import type { Observations } from './observations.ts';
import type { SourceWindow } from './traffic-window.ts';

/** What a guard saw in one look, and what it makes of it. */
export interface GuardReading {
  /** Green's share now, read back; the greatest over all routes, in percent. */
  readonly greenPercent: number;
  /** Since when green has had users without a break, epoch seconds; null when it has none. */
  readonly greenSinceSeconds: number | null;
  /** Since when its weight was above 0 at every look, epoch seconds: before, its silence meant nothing. Default: `greenSinceSeconds`. */
  readonly greenAudibleSinceSeconds?: number;
  readonly sources: Readonly<Record<string, SourceWindow>>;
  /** Healthy green targets, the smallest over all routes; null when it could not be read. */
  readonly greenHealthyTargets: number | null;
  /** What guardrails of other kinds saw; one that is not here could not be read. */
  readonly observed?: Observations;
}

export type GuardVerdict =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'breach'; readonly reasons: readonly string[] }
  | { readonly kind: 'green-missing'; readonly reasons: readonly string[] }
  | { readonly kind: 'both-missing'; readonly reasons: readonly string[] }
  /** Nobody is hurt yet, but what would be seen from now on proves nothing: people look first. */
  | { readonly kind: 'hold'; readonly reasons: readonly string[] };

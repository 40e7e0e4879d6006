import type { MigrationPlan } from '#domain/plan/migration-plan.ts';

/**
 * By which rule each guardrail judges: how many bad samples in a row make a breach, and how far back it looks. One blip must
 * not roll a fleet back, a catastrophe must at its first sample; `docs/sources.md` has the table. A plan may say otherwise;
 * what it does not say is filled in here and not in the plan, so that a plan means the same under every version.
 */
export type Guardrail = MigrationPlan['spec']['analysis']['guardrails'][number];

/** Periods a rule looks back over unless the plan says otherwise. */
export const LOOKBACK_PERIODS = 24;

/** A container that crashed this often is not merely starting. Kubernetes itself waits 10 s, 20 s, 40 s between. */
const CRASHES = 3;
/** New nodes need about a minute to become ready. */
const NODE_SECONDS = 60;

const DEFAULT_CONSECUTIVE = {
  'error-rate': 1,
  'connection-errors': 1,
  'load-balancer-5xx': 1,
  'latency-p50': 2,
  'latency-p90': 2,
  'latency-p99': 2,
  promql: 2,
  probe: 3,
  kubernetes: CRASHES,
} as const;

const DEFAULT_WINDOW_SECONDS = { alarm: 0, kubernetes: NODE_SECONDS } as const;

/** Metrics that no application's own source knows. */
export function isCountedByLoadBalancers(metric: unknown): boolean {
  return (
    metric === 'healthy-targets' || metric === 'connection-errors' || metric === 'load-balancer-5xx'
  );
}

/** The query of a Prometheus source that a latency is read from. */
export const PERCENTILES: ReadonlyMap<string, 'p50' | 'p90' | 'p99'> = new Map([
  ['latency-p50', 'p50'],
  ['latency-p90', 'p90'],
  ['latency-p99', 'p99'],
]);

/** How many bad samples in a row make a breach; what a sample is, is the guardrail's own business. */
export function consecutiveOf(
  guardrail: Extract<Guardrail, { readonly metric: keyof typeof DEFAULT_CONSECUTIVE }>,
): number {
  return guardrail.consecutive ?? DEFAULT_CONSECUTIVE[guardrail.metric];
}

/** For how long something must have been bad. */
export function windowSecondsOf(
  guardrail: Extract<Guardrail, { readonly metric: keyof typeof DEFAULT_WINDOW_SECONDS }>,
): number {
  return guardrail.windowSeconds ?? DEFAULT_WINDOW_SECONDS[guardrail.metric];
}

/** Periods of its source that one look of the rule covers; at least one. */
export function windowPeriodsOf(
  guardrail: { readonly windowSeconds?: number },
  periodSeconds: number,
): number {
  const { windowSeconds } = guardrail;
  return windowSeconds === undefined
    ? LOOKBACK_PERIODS
    : Math.max(1, Math.floor(windowSeconds / periodSeconds));
}

/** Periods that must be read of a source so that every rule over it can be judged. */
export function periodsToRead(
  guardrails: readonly Guardrail[],
  source: string,
  periodSeconds: number,
): number {
  const needed = guardrails.map((guardrail) => {
    if (!isCounted(guardrail) || guardrail.from !== source) return 0;
    return windowPeriodsOf(guardrail, periodSeconds) + consecutiveOf(guardrail) - 1;
  });
  return Math.max(LOOKBACK_PERIODS, ...needed);
}

/** Is it judged over periods of a source? */
export function isCounted(guardrail: Guardrail): guardrail is CountedGuardrail {
  switch (guardrail.metric) {
    case 'error-rate':
    case 'connection-errors':
    case 'load-balancer-5xx':
    case 'latency-p50':
    case 'latency-p90':
    case 'latency-p99':
      return true;
    default:
      return false;
  }
}

export type CountedGuardrail = Extract<Guardrail, { readonly max: number; readonly from: string }>;

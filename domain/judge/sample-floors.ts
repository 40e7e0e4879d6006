import { assertNever } from '#domain/assert-never.ts';
import type { ColourPoint } from '#domain/guard/traffic-window.ts';

/**
 * Below which a comparison says nothing (I4): too few requests make a period's figure worthless, too few periods make the
 * comparison so. What is below is no data; the step is guarded, not judged.
 */

/**
 * Requests of one period: three beyond the percentile, 3 / (1 − q), rounded up to a figure people remember. An error rate
 * needs one request; that few requests move it in lumps is left to the totals (`pooled-shares.ts`).
 */
export const FEWEST_REQUESTS_PER_PERIOD = {
  'error-rate': 1,
  'latency-p50': 10,
  'latency-p90': 30,
  'latency-p99': 300,
} as const;

type ComparedMetric = keyof typeof FEWEST_REQUESTS_PER_PERIOD;

/**
 * Samples a side. With 8 and 8, sides that do not overlap at all are 3.3 standard errors apart; Kayenta's defaults
 * (confidence 0.98, tolerance 0.25) ask for 2.33 / 0.75 = 3.1, which 7 and 7 cannot reach: a comparison that could not fail
 * must not pass. Finding a *small* difference takes more: docs/judge.md has the table.
 */
export const FEWEST_SAMPLES = 8;

/** The metric's figure in one period, in the plan's unit: percent or milliseconds. Null: no data. */
export function sampleOf(metric: ComparedMetric, point: ColourPoint): number | null {
  if (point.requests < FEWEST_REQUESTS_PER_PERIOD[metric]) return null;
  switch (metric) {
    case 'error-rate':
      return (100 * point.errors) / point.requests;
    case 'latency-p50':
      return point.p50Ms;
    case 'latency-p90':
      return point.p90Ms;
    case 'latency-p99':
      return point.p99Ms;
    default:
      return assertNever(metric);
  }
}

/**
 * Analysis: where the figures come from, the guardrails that stop a migration, and the comparisons for the judge.
 *
 * Invariants: every guardrail and comparison names its source in the parsed plan (defaults are filled in here);
 * thresholds are numbers in the metric's own unit: `error-rate` percent 0–100, latencies milliseconds,
 * `healthy-targets` a count. Called by `schema.ts`; references are checked in `analysis-rules.ts`.
 */
import { z } from 'zod';
import { FEWEST_REQUESTS_PER_PERIOD } from '#domain/judge/sample-floors.ts';
import { count, label, listOf, milliseconds, seconds, signedPercent } from './fields.ts';
import { sources } from './sources.ts';

export const intervalField = seconds('1s', '1h').prefault('30s');
export const missingDataField = seconds('1s', '24h').prefault('2m');
export const sourceNameField = label('a source name');

/**
 * Requests below which a metric says nothing. Percentiles: three requests beyond the percentile, 3 / (1 − q), in each
 * period. Error rate: over the periods looked at; few, because the guard keeps luck out by a test of its own.
 */
const FEWEST_REQUESTS = {
  ...FEWEST_REQUESTS_PER_PERIOD,
  'error-rate': 10,
  'healthy-targets': 0,
} as const;

type GuardrailMetric = keyof typeof FEWEST_REQUESTS;

const sourceReference = sourceNameField
  .exactOptional()
  .describe(
    'Name of the source. Default: `truth`; for healthy-targets the first cloudwatch-alb source.',
  );

const minRequests = count(0, 1_000_000)
  .exactOptional()
  .describe(
    'Fewest requests for the metric to count: error-rate over the periods looked at (default 10), latencies per period (p50 10, p90 30, p99 300).',
  );

const latencyMetric = z.enum(['latency-p50', 'latency-p90', 'latency-p99']);

const guardrail = z.discriminatedUnion('metric', [
  z.strictObject({
    metric: z.literal('error-rate').describe('Share of green’s requests that failed.'),
    from: sourceReference,
    max: signedPercent().describe('Highest share allowed, such as 1%.'),
    minRequests,
  }),
  z.strictObject({
    metric: latencyMetric.describe('Percentile of green’s latency.'),
    from: sourceReference,
    max: milliseconds('1ms', '10m').describe('Highest latency allowed, such as 500ms.'),
    minRequests,
  }),
  z.strictObject({
    metric: z
      .literal('healthy-targets')
      .describe('Targets of green that pass the load balancer’s health checks.'),
    from: sourceReference,
    min: count(1, 1_000).describe('Fewest healthy targets allowed.'),
    minRequests,
  }),
]);

const comparison = z.strictObject({
  metric: z
    .enum(['error-rate', 'latency-p50', 'latency-p90', 'latency-p99'])
    .describe('What green and blue are compared by.'),
  from: sourceReference,
  direction: z
    .enum(['increase', 'decrease', 'either'])
    .default('increase')
    .describe('Which difference is bad: green higher than blue, lower, or both.'),
  critical: z.boolean().default(false).describe('Whether this comparison alone fails the step.'),
  allowedIncrease: z
    .number({ error: 'a ratio from 1 to 100, such as 1.1' })
    .min(1, { error: 'a ratio from 1 to 100, such as 1.1', abort: true })
    .max(100, { error: 'a ratio from 1 to 100, such as 1.1' })
    .exactOptional()
    .describe('Ratio of green to blue that is still fine: 1.1 allows ten percent more.'),
  tolerance: z
    .number({ error: 'a number from 0 to 1, such as 0.25' })
    .min(0, { error: 'a number from 0 to 1, such as 0.25', abort: true })
    .max(1, { error: 'a number from 0 to 1, such as 0.25' })
    .default(0.25) // Kayenta's default
    .describe(
      'Share of the estimate that the confidence interval must clear (Kayenta’s tolerance).',
    ),
});

const guardrailsField = listOf(guardrail, 'guardrails', 1, 50).prefault([
  { metric: 'error-rate', max: '1%' },
]);

export const analysis = z
  .strictObject({
    interval: intervalField.describe('How often the guard looks.'),
    sources: sources.describe(
      'Where figures come from, by name. Default: one source `alb` with cloudwatch-alb.',
    ),
    truth: sourceNameField
      .exactOptional()
      .describe(
        'Source that counts requests per colour. Default: the one with the least period plus lateness.',
      ),
    missingData: missingDataField.describe(
      'How long green’s data may be overdue (period and lateness have passed) while it has weight, before traffic goes back.',
    ),
    guardrails: guardrailsField.describe(
      'Limits watched whenever green has traffic; at least one. Default: error-rate at most 1%.',
    ),
    compare: z
      .array(comparison, { error: 'a list of comparisons' })
      .max(50, { error: 'a list of at most 50 comparisons' })
      .default([])
      .describe('Comparisons of green with blue at the end of each step.'),
  })
  .transform(({ interval, missingData, truth, guardrails, compare, sources }) => {
    const truthSource = truth ?? finestSource(sources);
    return {
      intervalSeconds: interval,
      sources,
      truth: truthSource,
      missingDataSeconds: missingData,
      guardrails: guardrails.map((written) => ({
        ...limitsOf(written),
        from: written.from ?? defaultSource(written.metric, sources, truthSource),
        minRequests: written.minRequests ?? FEWEST_REQUESTS[written.metric],
      })),
      compare: compare.map((written) => ({ ...written, from: written.from ?? truthSource })),
    };
  });

type Sources = z.output<typeof sources>;

/** The source whose figures are there soonest; of equals the first in the file. */
function finestSource(sources: Sources): string {
  let finest = '';
  let finestSeconds = Infinity;
  for (const [name, source] of Object.entries(sources)) {
    const ageSeconds = source.periodSeconds + source.latenessSeconds;
    if (ageSeconds >= finestSeconds) continue;
    finest = name;
    finestSeconds = ageSeconds;
  }
  return finest;
}

function defaultSource(metric: GuardrailMetric, sources: Sources, truth: string): string {
  if (metric !== 'healthy-targets') return truth;
  return (
    Object.entries(sources).find(([, source]) => source.with === 'cloudwatch-alb')?.[0] ?? truth
  );
}

/** One shape for all metrics, with the threshold in the metric's unit. */
function limitsOf(written: z.output<typeof guardrail>): {
  metric: GuardrailMetric;
  max?: number;
  min?: number;
} {
  return written.metric === 'healthy-targets'
    ? { metric: written.metric, min: written.min }
    : { metric: written.metric, max: written.max };
}

/**
 * Analysis: where the figures come from, the guardrails that stop a migration, and the comparisons for the judge.
 *
 * Invariant: every guardrail and comparison that is read from a source names it in the parsed plan (defaults are filled in
 * here). Called by `schema.ts`; references are checked in `analysis-rules.ts`.
 */
import { z } from 'zod';
import { listOf, seconds } from './fields.ts';
import { completeGuardrail, guardrail, sourceNameField, sourceReference } from './guardrails.ts';
import { sources } from './sources.ts';

export const intervalField = seconds('1s', '1h').prefault('30s');
export const missingDataField = seconds('1s', '24h').prefault('2m');
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
    .describe(
      'Ratio of green to blue that is still fine: 1.1 allows ten percent more. Default: 1.1, for error-rate 1.2.',
    ),
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
      guardrails: guardrails.map((written) =>
        completeGuardrail(written, {
          truth: truthSource,
          loadBalancer: firstOf(sources, 'cloudwatch-alb') ?? truthSource,
          prometheus: firstOf(sources, 'prometheus') ?? truthSource,
        }),
      ),
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

function firstOf(sources: Sources, kind: Sources[string]['with']): string | undefined {
  return Object.entries(sources).find(([, source]) => source.with === kind)?.[0];
}

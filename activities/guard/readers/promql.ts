import { consecutiveOf, type Guardrail } from '#domain/guard/guardrail-rules.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import { fillPromql } from '#domain/guard/promql.ts';
import type { Asked, GuardReader, Look, Seen } from './guard-reader.ts';

/**
 * Any PromQL query, as of the newest moments that its source lets us believe. Moments without a number are passed over for
 * older ones, but the newest must have one: else the guardrail is missing data.
 */
export const readPromql: GuardReader<'promql'> = async (look, asked) =>
  Promise.all(
    asked.map(async (one) =>
      readOne(look, one).catch((): Seen => {
        look.run.signal.throwIfAborted();
        return { index: one.index, unread: nameOf(one.guardrail) };
      }),
    ),
  );

async function readOne({ tools, input, run }: Look, asked: Asked<'promql'>): Promise<Seen> {
  const { index, guardrail } = asked;
  const { spec } = input;
  const source = spec.analysis.sources[guardrail.from];
  if (source?.with !== 'prometheus') return { index, unread: nameOf(guardrail) };
  const { periodSeconds } = source;
  const consecutive = consecutiveOf(guardrail);
  const seconds = MOMENTS_PER_SAMPLE * consecutive * periodSeconds;
  const { fromSeconds, toSeconds } = newestWindow(source, tools.ports.clock.nowMs(), seconds);
  const [blue, green] = [spec.blue.cluster, spec.green.cluster];
  const moments = await tools.ports.promql.read(
    {
      server: source,
      query: fillPromql(guardrail.query, { cluster: green, blue, green, periodSeconds }),
      fromSeconds: fromSeconds + periodSeconds,
      toSeconds,
      stepSeconds: periodSeconds,
    },
    run.signal,
  );
  const newest = moments.at(-1);
  const isThere =
    newest !== undefined && Math.abs(newest.atSeconds - toSeconds) < periodSeconds / 2;
  if (!isThere) return { index, unread: `${nameOf(guardrail)} (no value)` };
  const values = moments.toReversed().map((moment) => worstOf(guardrail, moment.values));
  return { index, observation: { metric: 'promql', values: values.slice(0, consecutive) } };
}

/** Every second moment may be without a number and the rule still has its samples. */
const MOMENTS_PER_SAMPLE = 2;

/** Of several series the one that is furthest beyond the limit, or nearest to it. */
function worstOf(
  { max, min }: Extract<Guardrail, { readonly metric: 'promql' }>,
  values: readonly number[],
): number {
  const [highest, lowest] = [Math.max(...values), Math.min(...values)];
  if (max === undefined) return lowest;
  return min === undefined || highest > max ? highest : lowest;
}

function nameOf({ query }: Extract<Guardrail, { readonly metric: 'promql' }>): string {
  return `promql ${query.slice(0, 80)}`;
}

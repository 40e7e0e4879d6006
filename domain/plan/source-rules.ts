/**
 * Cross-field rules about Prometheus sources: their placeholders, and the percentiles they are asked for.
 * Called by `rules.ts`.
 */
import { isFields } from '#domain/json-fields.ts';
import { placeholdersIn, PROMQL_PLACEHOLDERS } from '#domain/promql.ts';
import { analysis } from './analysis.ts';
import { didYouMean } from './did-you-mean.ts';
import { describeValue, oneOf, type PlanPath, type PlanProblem } from './problems.ts';
import { at, valid } from './tree.ts';

const ANALYSIS = ['spec', 'analysis'];
const SOURCES = [...ANALYSIS, 'sources'];

export const sourceRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  queriesTellColoursApart,
  percentilesAreAskedFor,
];

interface Query {
  readonly path: PlanPath;
  readonly query: string;
}

function queriesIn(tree: unknown): readonly Query[] {
  const sources = at(tree, SOURCES);
  if (!isFields(sources)) return [];
  return Object.keys(sources).flatMap((name) => {
    const queries = at(tree, [...SOURCES, name, 'queries']);
    if (at(tree, [...SOURCES, name, 'with']) !== 'prometheus' || !isFields(queries)) return [];
    return Object.entries(queries).flatMap(([key, query]) =>
      typeof query === 'string' ? [{ path: [...SOURCES, name, 'queries', key], query }] : [],
    );
  });
}

/** A query that names no cluster would count both sides for each: green could never look worse than blue. */
function queriesTellColoursApart(tree: unknown): readonly PlanProblem[] {
  return queriesIn(tree).flatMap(({ path, query }) => {
    const unknown = unknownPlaceholders(path, query);
    if (unknown.length > 0 || placeholdersIn(query).includes('cluster')) return unknown;
    return [
      {
        path,
        about: 'value' as const,
        found: 'a query about both clusters together',
        allowed:
          'a query with {{cluster}}, such as sum(increase(x{cluster="{{cluster}}"}[{{period}}]))',
      },
    ];
  });
}

/** Names that nothing is filled in for. */
function unknownPlaceholders(path: PlanPath, query: string): readonly PlanProblem[] {
  const known: readonly string[] = PROMQL_PLACEHOLDERS;
  return placeholdersIn(query)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const hint = didYouMean(name, known);
      const problem = {
        path,
        about: 'value' as const,
        found: `the placeholder ${describeValue(name)}`,
        allowed: oneOf(known),
      };
      return hint === undefined ? problem : { ...problem, hint };
    });
}

/** A limit on a percentile that the source does not know would be missing data for ever. */
function percentilesAreAskedFor(tree: unknown): readonly PlanProblem[] {
  const parsed = valid(analysis, at(tree, ANALYSIS));
  if (parsed === undefined) return [];
  return (['guardrails', 'compare'] as const).flatMap((list) =>
    parsed[list].flatMap(({ metric, from }, index): readonly PlanProblem[] => {
      const source = parsed.sources[from];
      const percentile = PERCENTILES.get(metric);
      if (source?.with !== 'prometheus' || percentile === undefined) return [];
      if (source.queries[percentile] !== undefined) return [];
      const path = [...ANALYSIS, list, index, 'from'];
      return [
        {
          path,
          about: at(tree, path) === undefined ? 'missing' : 'value',
          found: `${describeValue(from)}, which has no query for ${percentile}`,
          allowed: `a source that knows it, or a query spec.analysis.sources.${from}.queries.${percentile}`,
        },
      ];
    }),
  );
}

const PERCENTILES: ReadonlyMap<string, 'p50' | 'p90' | 'p99'> = new Map([
  ['latency-p50', 'p50'],
  ['latency-p90', 'p90'],
  ['latency-p99', 'p99'],
]);

/**
 * Cross-field rules about Prometheus: placeholders of queries, the percentiles that are asked for, guardrails of its own.
 * Called by `rules.ts`.
 */
import { PERCENTILES } from '#domain/guard/guardrail-rules.ts';
import { isFields } from '#domain/json/json-fields.ts';
import { placeholdersIn, PROMQL_PLACEHOLDERS } from '#domain/guard/promql.ts';
import { analysis } from './analysis.ts';
import { didYouMean } from './did-you-mean.ts';
import { describeValue, oneOf, type PlanPath, type PlanProblem } from './problems.ts';
import { at, child, items, valid } from './tree.ts';

const ANALYSIS = ['spec', 'analysis'];
const SOURCES = [...ANALYSIS, 'sources'];

export const sourceRules: readonly ((tree: unknown) => readonly PlanProblem[])[] = [
  queriesTellColoursApart,
  percentilesAreAskedFor,
  promqlGuardrailsAreWhole,
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
    parsed[list].flatMap((limit, index): readonly PlanProblem[] => {
      const percentile = PERCENTILES.get(limit.metric);
      if (percentile === undefined || !('from' in limit)) return [];
      const { from } = limit;
      const source = parsed.sources[from];
      if (source?.with !== 'prometheus') return [];
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

/** Any query needs a server to ask, a limit, and placeholders that exist. */
function promqlGuardrailsAreWhole(tree: unknown): readonly PlanProblem[] {
  return items(at(tree, [...ANALYSIS, 'guardrails'])).flatMap((guardrail, index) => {
    if (child(guardrail, 'metric') !== 'promql') return [];
    const path = [...ANALYSIS, 'guardrails', index];
    const query = child(guardrail, 'query');
    const problems =
      typeof query === 'string' ? [...unknownPlaceholders([...path, 'query'], query)] : [];
    if (child(guardrail, 'max') === undefined && child(guardrail, 'min') === undefined)
      problems.push({
        path: [...path, 'max'],
        about: 'missing',
        found: 'no limit',
        allowed: 'max, min, or both',
      });
    return [...problems, ...askedOfPrometheus(tree, path, child(guardrail, 'from'))];
  });
}

function askedOfPrometheus(
  tree: unknown,
  guardrail: PlanPath,
  from: unknown,
): readonly PlanProblem[] {
  const sources = at(tree, SOURCES);
  const kinds = isFields(sources)
    ? Object.keys(sources).map((name) => [name, at(tree, [...SOURCES, name, 'with'])] as const)
    : [];
  const path = [...guardrail, 'from'];
  const allowed = 'a source with prometheus';
  if (from === undefined)
    return kinds.some(([, kind]) => kind === 'prometheus')
      ? []
      : [{ path, about: 'missing', found: 'no source with prometheus', allowed }];
  // A name that is no source is reported elsewhere.
  return kinds.some(([name, kind]) => name === from && kind !== 'prometheus')
    ? [{ path, about: 'value', found: describeValue(from), allowed }]
    : [];
}

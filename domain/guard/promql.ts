/**
 * Placeholders of a plan's PromQL: what the query is asked about, filled in before it is sent. Pure; a cluster's name is
 * letters, digits, hyphens and underscores, so that it stays text inside the query's quotes.
 */
export interface PromqlNames {
  /** The cluster that is asked about: `{{cluster}}`. */
  readonly cluster: string;
  readonly blue: string;
  readonly green: string;
  /** The source's period: `{{period}}`, as Prometheus writes durations. */
  readonly periodSeconds: number;
}

/** Names that may stand between double braces. */
export const PROMQL_PLACEHOLDERS = ['cluster', 'blue', 'green', 'period'] as const;

/** Finds what stands between double braces, known or not. */
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/gu;

/** The query as it is sent. */
export function fillPromql(query: string, names: PromqlNames): string {
  const { cluster, blue, green, periodSeconds } = names;
  const values = new Map([
    ['cluster', cluster],
    ['blue', blue],
    ['green', green],
    ['period', Number.isInteger(periodSeconds) ? `${periodSeconds}s` : `${periodSeconds * 1000}ms`],
  ]);
  return query.replace(PLACEHOLDER, (written, name: string) => values.get(name) ?? written);
}

/** Every name between double braces, as it is written. */
export function placeholdersIn(query: string): readonly string[] {
  return [...query.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

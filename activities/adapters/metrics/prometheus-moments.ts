import type { Promql } from '#activities/ports/promql.ts';
import type { PrometheusApi } from './prometheus-api.ts';

/** Any PromQL query, as of several moments: what an instant query at each of them would answer, in one question. */
export function createPromql({ prometheus }: { readonly prometheus: PrometheusApi }): Promql {
  return {
    read: async ({ server, query, fromSeconds, toSeconds, stepSeconds }, signal) => {
      const what = `query ${query.slice(0, 80)} of ${server.url}`;
      const question = { server, query, fromSeconds, toSeconds, stepSeconds, what };
      const series = await prometheus.queryRange(question, signal);
      const moments = new Map<number, number[]>();
      for (const { byMs } of series)
        for (const [atMs, value] of byMs) {
          if (Number.isNaN(value)) continue;
          moments.set(atMs, [...(moments.get(atMs) ?? []), value]);
        }
      return [...moments]
        .toSorted(([a], [b]) => a - b)
        .map(([atMs, values]) => ({ atSeconds: atMs / 1000, values }));
    },
  };
}

/** The Prometheus source on a real Prometheus that holds two clusters' counters, scraped every second. */
import { createPrometheusApi } from '#activities/adapters/metrics/prometheus-api.ts';
import { createPrometheusMetrics } from '#activities/adapters/metrics/prometheus-metrics.ts';
import type { MetricQuery } from '#activities/ports/traffic-metrics.ts';
import { startPrometheus, type Sample } from '#test/support/prometheus-server.ts';
import { ACCESS } from './emulated-aws.ts';
import type { MetricsUnderTest } from './traffic-metrics.contract.ts';

const PERIOD = 5;
const PERIODS = 4;
const REQUESTS = { blue: 90, green: 10 } as const;
/** Cumulative shares of requests by upper bound in seconds: most take 20 ms, a tenth up to 80 ms. */
const BUCKETS = { '0.02': 0.9, '0.08': 1, '+Inf': 1 } as const;

export async function prometheusUnderTest(): Promise<MetricsUnderTest> {
  const fromSeconds = Math.floor(Date.now() / 1000 / PERIOD) * PERIOD - 20 * PERIOD;
  const counting = (perPeriod: number): Sample[] =>
    Array.from({ length: PERIOD * PERIODS + 2 }, (_, second) => ({
      atSeconds: fromSeconds + second,
      value: 1_000 + (perPeriod / PERIOD) * second,
    }));
  const ofColour = (colour: 'blue' | 'green') => ({
    [`shop_requests_total{cluster="shop-${colour}",pod="a"}`]: counting(REQUESTS[colour] / 2),
    [`shop_requests_total{cluster="shop-${colour}",pod="b"}`]: counting(REQUESTS[colour] / 2),
    ...Object.fromEntries(
      Object.entries(BUCKETS).map(([bound, share]) => [
        `shop_latency_seconds_bucket{cluster="shop-${colour}",le="${bound}"}`,
        counting(REQUESTS[colour] * share),
      ]),
    ),
  });
  const server = await startPrometheus({ ...ofColour('blue'), ...ofColour('green') });
  const prometheus = createPrometheusApi({ tokenOf: () => undefined });
  const quantile = (q: number): string =>
    `histogram_quantile(${q}, sum by (le) (rate(shop_latency_seconds_bucket{cluster="{{cluster}}"}[{{period}}])))`;
  const busy: MetricQuery = {
    access: ACCESS,
    source: {
      with: 'prometheus',
      url: server.url,
      queries: {
        requests: 'sum(increase(shop_requests_total{cluster="{{cluster}}"}[{{period}}]))',
        errors: 'sum(increase(shop_errors_total{cluster="{{cluster}}"}[{{period}}]))',
        p50: quantile(0.5),
        p90: quantile(0.9),
        p99: quantile(0.99),
      },
      latencyUnit: 's',
      periodSeconds: PERIOD,
      latenessSeconds: 2,
    },
    blueCluster: 'shop-blue',
    greenCluster: 'shop-green',
    routes: [],
    fromSeconds,
    toSeconds: fromSeconds + PERIODS * PERIOD,
  };
  return {
    metrics: createPrometheusMetrics({ prometheus }),
    busy,
    requestsPerPeriod: REQUESTS,
    quiet: {
      ...busy,
      fromSeconds: fromSeconds - 100 * PERIOD,
      toSeconds: fromSeconds - 90 * PERIOD,
    },
    stop: async () => {
      await prometheus.close();
      await server.stop();
    },
  };
}

import type { MetricQuery, TrafficMetrics } from '#activities/ports/traffic-metrics.ts';

/** What every source of traffic metrics keeps. */
export interface MetricsUnderTest {
  readonly metrics: TrafficMetrics;
  /** In each of its periods (at least 3) this many requests were counted on each colour. */
  readonly busy: MetricQuery;
  readonly requestsPerPeriod: { readonly blue: number; readonly green: number };
  /** Nothing was counted in it. */
  readonly quiet: MetricQuery;
  stop(): Promise<void>;
}

export function trafficMetricsContract(name: string, setUp: () => Promise<MetricsUnderTest>): void {
  describe(`traffic metrics (${name})`, () => {
    let under: MetricsUnderTest;
    const { signal } = new AbortController();

    beforeEach(async () => {
      under = await setUp();
    });
    afterEach(async () => under.stop());

    it('count each colour, one point per period, oldest first', async () => {
      const { busy, metrics, requestsPerPeriod } = under;
      const { periodSeconds } = busy.source;

      const read = await metrics.read(busy, signal);

      const periods = Math.round((busy.toSeconds - busy.fromSeconds) / periodSeconds);
      for (const colour of ['blue', 'green'] as const) {
        const points = read[colour];
        expect(points.map(({ requests }) => requests)).toEqual(
          Array.from({ length: periods }, () => requestsPerPeriod[colour]),
        );
        for (const [index, { startSeconds, errors }] of points.entries()) {
          expect(startSeconds).toBeCloseTo(busy.fromSeconds + index * periodSeconds, 3);
          expect(errors).toBe(0);
        }
      }
    });

    it('tell latencies in milliseconds, the higher percentile never below the lower', async () => {
      const { green } = await under.metrics.read(under.busy, signal);

      for (const { p50Ms, p90Ms, p99Ms } of green) {
        expect(p50Ms).toBeGreaterThan(1);
        expect(p90Ms).toBeGreaterThanOrEqual(p50Ms ?? 0);
        expect(p99Ms).toBeGreaterThanOrEqual(p90Ms ?? 0);
      }
    });

    it('leave out a period that does not lie in the window as a whole', async () => {
      const { busy, metrics } = under;
      const shorter = { ...busy, toSeconds: busy.toSeconds - busy.source.periodSeconds };

      const all = await metrics.read(busy, signal);
      const some = await metrics.read(shorter, signal);

      expect(some.blue).toEqual(all.blue.slice(0, -1));
      expect(some.green).toEqual(all.green.slice(0, -1));
    });

    it('have no points where nothing was counted', async () => {
      expect(await under.metrics.read(under.quiet, signal)).toEqual({ blue: [], green: [] });
    });
  });
}

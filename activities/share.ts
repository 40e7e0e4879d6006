import { CutoverFailure } from '#domain/failures.ts';
import { firstCloseMs, nextCloseMs, windowSince } from '#domain/metric-window.ts';
import { truthSourceFor } from '#domain/truth-source.ts';
import type { ResolvedRoute } from '#domain/resolved.ts';
import { judgeStickyShare, type StickyVerdict } from '#domain/sticky-share.ts';
import { judgeShare, requestsNeeded } from '#domain/traffic-truth.ts';
import { routesOf } from './access.ts';
import { thisRun } from './activity-run.ts';
import type { ActivityInput, MigrationActivities, ShareInput } from './contract.ts';
import type { MetricSource } from './ports.ts';
import { readTraffic, requestsOf } from './read-traffic.ts';
import type { Tools } from './tools.ts';

/**
 * The truth test (I2): do users follow the weight? Only periods that began after the weight was read back and had
 * time to reach every node are counted, and they are judged exactly once, at the sample that `percent` needs.
 * Stateless: a restarted look counts the same periods again.
 */
export function share(tools: Tools): Pick<MigrationActivities, 'verifyShare'> {
  const { ports, timings } = tools;
  return {
    verifyShare: async (input) => {
      const { spec, resolved, routeIds, percent, since, withinSeconds } = input;
      const run = thisRun(tools);
      const routes = routesOf(resolved, routeIds);
      const moves =
        routes.length === resolved.routes.length ? 'all routes together' : 'some routes alone';
      const source = sourceFor(spec, moves);
      const needed = requestsNeeded(percent);
      const sinceMs = Date.parse(since);
      const fromMs = sinceMs + timings.settleSeconds * 1000;
      // However short the time, the source gets the chance to show one period.
      const untilMs = Math.max(sinceMs + withinSeconds * 1000, firstCloseMs(source, fromMs));
      for (;;) {
        run.heartbeat();
        const nowMs = ports.clock.nowMs();
        const window = windowSince(source, fromMs, nowMs);
        const points =
          window === null
            ? { blue: [], green: [] }
            : await readTraffic(tools, spec, source, routes, window, run.signal);
        const green = requestsOf(points.green);
        const requests = requestsOf(points.blue) + green;
        const { fits, drifting, observedPercent } = judgeLook(input, routes, green, requests);
        const counted = { requests, observedPercent, needed };
        if (requests >= needed && !drifting)
          return { verdict: fits ? 'fits' : 'mismatch', ...counted };
        if (nowMs >= untilMs) return { verdict: 'too-few', ...counted };
        const nextMs = Math.min(nextCloseMs(source, nowMs), untilMs);
        await run.rest(Math.max(timings.metricsPauseMs, nextMs - nowMs));
      }
    },
  };
}

/** One look; where sessions stick and users go to green it is over only when the share has clearly moved. */
function judgeLook(
  { percent, fromPercent = 0 }: ShareInput,
  routes: readonly ResolvedRoute[],
  green: number,
  requests: number,
): StickyVerdict {
  const sticks = routes.some(({ stickySeconds = null }) => stickySeconds !== null);
  return sticks && percent > fromPercent
    ? judgeStickyShare(green, requests, { fromPercent, percent })
    : { ...judgeShare(green, requests, percent), drifting: false };
}

function sourceFor(
  { analysis }: ActivityInput['spec'],
  moves: Parameters<typeof truthSourceFor>[1],
): MetricSource {
  const source = truthSourceFor(analysis, moves);
  if (source !== null) return source;
  throw new CutoverFailure(
    'invalid-request',
    'this source counts all routes together, but groups move apart: add a cloudwatch-alb source',
    { resource: `analysis.sources.${analysis.truth}` },
  );
}

import { nextCloseMs, windowSince } from '#domain/metric-window.ts';
import { judgeShare, requestsNeeded } from '#domain/traffic-truth.ts';
import { routesOf } from './access.ts';
import { thisRun } from './activity-run.ts';
import type { MigrationActivities } from './contract.ts';
import { readTraffic, requestsOf, truthSource } from './read-traffic.ts';
import type { Tools } from './tools.ts';

/**
 * The truth test (I2): do users follow the weight? Only periods that began after the weight was read back and had
 * time to reach every node are counted, and they are judged exactly once, at the sample that `percent` needs.
 * Stateless: a restarted look counts the same periods again.
 */
export function share(tools: Tools): Pick<MigrationActivities, 'verifyShare'> {
  const { ports, timings } = tools;
  return {
    verifyShare: async ({ spec, resolved, routeIds, percent, since, withinSeconds }) => {
      const run = thisRun(tools);
      const source = truthSource(spec);
      const routes = routesOf(resolved, routeIds);
      const needed = requestsNeeded(percent);
      const sinceMs = Date.parse(since);
      const fromMs = sinceMs + timings.settleSeconds * 1000;
      const untilMs = sinceMs + withinSeconds * 1000;
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
        const { fits, observedPercent } = judgeShare(green, requests, percent);
        const counted = { requests, observedPercent, needed };
        if (requests >= needed) return { verdict: fits ? 'fits' : 'mismatch', ...counted };
        if (nowMs >= untilMs) return { verdict: 'too-few', ...counted };
        const nextMs = Math.min(nextCloseMs(source, nowMs), untilMs);
        await run.rest(Math.max(timings.metricsPauseMs, nextMs - nowMs));
      }
    },
  };
}

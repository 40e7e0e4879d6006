import { followsTrend } from '#domain/traffic/dns-trend.ts';
import { newestWindow, nextCloseMs } from '#domain/guard/metric-window.ts';
import { judgeShare, requestsNeeded } from '#domain/traffic/traffic-truth.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { MigrationActivities, ShareInput } from '#activities/contract.ts';
import type { DnsAnswers } from '#activities/ports/dns-answers.ts';
import type { MetricSource } from '#activities/ports/traffic-metrics.ts';
import { readTraffic, requestsOf } from './read-traffic.ts';
import { routesOf } from '#activities/access.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * The truth of a DNS name (I2), in two halves: its name servers' answers, judged once by the interval at the sample that the
 * share needs; and users' requests, which follow as caches forget and are therefore held to a trend only. The share that is
 * reported is the answers', because that is what was set.
 */
type ShareReport = Awaited<ReturnType<MigrationActivities['verifyShare']>>;
type NamedRoute = Parameters<DnsAnswers['sample']>[0];

/** Questions between two heartbeats. */
const BATCH = 100;
/** More answers to neither colour than this share, and the sample tells nothing. */
const MOST_OTHERS = 0.05;

/** Null where no server can be asked from here. */
export async function lookAtAnswers(
  tools: Tools,
  input: ShareInput,
  { route, source }: { readonly route: NamedRoute; readonly source: MetricSource | null },
  run: ActivityRun,
): Promise<ShareReport | null> {
  const { percent } = input;
  const needed = requestsNeeded(percent);
  let [blue, green, other] = [0, 0, 0];
  while (blue + green < needed && other <= needed * MOST_OTHERS) {
    run.heartbeat();
    const many = Math.min(BATCH, needed - blue - green);
    const answers = await tools.ports.dnsAnswers.sample(route, many, run.signal);
    if (answers === null) return null;
    blue += answers.blue;
    green += answers.green;
    other += answers.other;
  }
  const requests = blue + green;
  const { fits, observedPercent } = judgeShare(green, requests, percent);
  const counted = { requests, observedPercent, needed };
  if (requests < needed) return { verdict: 'too-few', ...counted };
  if (!fits) return { verdict: 'mismatch', ...counted };
  if (source === null) return { verdict: 'fits', ...counted };
  return (
    (await usersFollow(tools, input, { route, source, observedPercent }, run)) ?? {
      verdict: 'fits',
      ...counted,
    }
  );
}

/** Null when they do; else what was seen of them when the time was over. */
async function usersFollow(
  tools: Tools,
  input: ShareInput,
  look: {
    readonly route: NamedRoute;
    readonly source: MetricSource;
    readonly observedPercent: number;
  },
  run: ActivityRun,
): Promise<ShareReport | null> {
  const { ports, timings } = tools;
  const { spec, resolved, since, withinSeconds, percent, fromPercent } = input;
  const { route, source } = look;
  const untilMs = Date.parse(since) + withinSeconds * 1000;
  const routes = routesOf(resolved, [route.id]);
  for (;;) {
    run.heartbeat();
    const nowMs = ports.clock.nowMs();
    const window = newestWindow(source, nowMs, source.periodSeconds);
    const points = await readTraffic(tools, spec, source, routes, window, run.signal);
    const green = requestsOf(points.green);
    const requests = requestsOf(points.blue) + green;
    const nowPercent = requests === 0 ? 0 : (100 * green) / requests;
    // On the way back everything may have been on green.
    const from = fromPercent ?? (percent === 0 ? 100 : 0);
    if (requests > 0 && followsTrend({ fromPercent: from, percent, nowPercent })) return null;
    if (nowMs >= untilMs) {
      const verdict = requests === 0 ? 'too-few' : 'mismatch';
      return { verdict, requests, observedPercent: nowPercent, needed: 1 };
    }
    const nextMs = Math.min(nextCloseMs(source, nowMs), untilMs);
    await run.rest(Math.max(timings.metricsPauseMs, nextMs - nowMs));
  }
}

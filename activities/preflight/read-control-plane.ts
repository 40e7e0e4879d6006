import type { AskedFacts } from '#domain/preflight/asked-apis.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { areFresh, nextOfRefresh } from '#domain/preflight/insight-refresh.ts';
import { onTheWay, type InsightFacts } from '#domain/preflight/upgrade-insights.ts';
import { compareVersions } from '#domain/addon-versions.ts';
import { blueRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import type { KubernetesCluster } from '#activities/ports/kubernetes.ts';
import { refusalOf } from '#domain/refusal-of.ts';
import type { Tools } from '#activities/tools.ts';

/** What EKS and blue's own API server say of the way to green's version. */

/**
 * Upgrade insights, looked at again by EKS where they are old: BENIGN `waiting` while it does, for a few minutes at most. A role
 * that may not ask for that gets the old ones; one that may not read them gets none, and they are unknown then.
 */
export async function freshInsights(
  { ports }: Tools,
  { spec, resolved }: Pick<ResolvedInput, 'spec' | 'resolved'>,
  run: ActivityRun,
): Promise<InsightFacts> {
  const blue = blueRef(spec);
  const nowMs = ports.clock.nowMs();
  const found = await ports.clusters.insights(blue, run.signal).catch(refusalOf);
  if (found instanceof CutoverFailure)
    return { found: [], nowMs, notRefreshed: `they could not be read: ${found.message}` };
  const way = { blue: resolved.blue, targetVersion: spec.green.version };
  const insights = onTheWay(found, way);
  const isNoUpgrade = compareVersions(way.targetVersion, resolved.blue.version) <= 0;
  if (isNoUpgrade || areFresh(insights, nowMs)) return { found, nowMs, notRefreshed: null };
  const waitedMs = run.elapsedMs();
  try {
    const refresh = await ports.clusters.insightsRefresh(blue, run.signal);
    const next = nextOfRefresh({ insights, refresh, nowMs, waitedMs });
    if (next.do === 'give-up') {
      // The refresh may have ended between our two questions.
      const again = await ports.clusters.insights(blue, run.signal);
      const isFresh = areFresh(onTheWay(again, way), nowMs);
      return { found: again, nowMs, notRefreshed: isFresh ? null : next.why };
    }
    if (next.do === 'start') await ports.clusters.startInsightsRefresh(blue, run.signal);
  } catch (cause) {
    if (!isAnswer(cause)) throw cause;
    return { found, nowMs, notRefreshed: `they could not be refreshed: ${cause.message}` };
  }
  throw run.waiting('EKS looks at its upgrade insights again', blue.name);
}

/** Retrying changes nothing about these. */
function isAnswer(cause: unknown): cause is CutoverFailure {
  return (
    cause instanceof CutoverFailure &&
    (cause.type === 'access-denied' ||
      cause.type === 'invalid-request' ||
      cause.type === 'limit-exceeded' ||
      cause.type === 'not-found')
  );
}

/** What blue's clients asked for; that we may not know is said. */
export async function readAskedApis(
  kubernetes: KubernetesCluster,
  signal: AbortSignal,
): Promise<AskedFacts> {
  try {
    return { kind: 'read', apis: await kubernetes.askedDeprecatedApis(signal) };
  } catch (cause) {
    if (!isAnswer(cause)) throw cause;
    return { kind: 'unread', why: cause.message };
  }
}

import {
  DescribeInsightCommand,
  DescribeInsightsRefreshCommand,
  paginateListInsights,
  StartInsightsRefreshCommand,
  type DeprecationDetail,
  type EKSClient,
  type InsightSummary,
} from '@aws-sdk/client-eks';
import type { DeprecatedUse, Insight } from '#domain/preflight/upgrade-insights.ts';
import type { Clusters } from '#activities/ports/clusters.ts';
import { asFailure, isNotFound, knownFailure } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { clusterResource } from './found-cluster.ts';

/** Upgrade insights of EKS: a list of all, and what EKS says more of those that do not pass. */
export function eksInsights(
  clients: AwsClients,
): Pick<Clusters, 'insights' | 'insightsRefresh' | 'startInsightsRefresh'> {
  return {
    insights: (cluster, signal) =>
      asFailure(`insights of ${clusterResource(cluster)}`, signal, async () => {
        const client = clients.eks(cluster.access).read;
        const pages = paginateListInsights(
          { client },
          { clusterName: cluster.name, filter: { categories: ['UPGRADE_READINESS'] } },
          { abortSignal: signal },
        );
        const insights: Insight[] = [];
        for await (const page of pages)
          for (const summary of page.insights ?? [])
            insights.push({
              ...inOurWords(summary),
              ...(await detailsOf(client, cluster.name, summary, signal)),
            });
        return insights;
      }),

    insightsRefresh: (cluster, signal) =>
      asFailure(`insights of ${clusterResource(cluster)}`, signal, async () => {
        try {
          const { status, startedAt, message } = await clients
            .eks(cluster.access)
            .read.send(new DescribeInsightsRefreshCommand({ clusterName: cluster.name }), {
              abortSignal: signal,
            });
          if (status === undefined) return null;
          return {
            status: REFRESH_STATUS[status],
            startedAtMs: startedAt?.getTime() ?? null,
            message: message ?? '',
          };
        } catch (error) {
          if (isNotFound(error)) return null;
          throw error;
        }
      }),

    startInsightsRefresh: (cluster, signal) =>
      asFailure(`insights of ${clusterResource(cluster)}`, signal, async () => {
        await clients
          .eks(cluster.access)
          .write.send(new StartInsightsRefreshCommand({ clusterName: cluster.name }), {
            abortSignal: signal,
          });
      }),
  };
}

const REFRESH_STATUS = {
  IN_PROGRESS: 'in-progress',
  COMPLETED: 'completed',
  FAILED: 'failed',
} as const;

function inOurWords(summary: InsightSummary): Omit<Insight, 'recommendation' | 'deprecations'> {
  const { name, kubernetesVersion, insightStatus, lastRefreshTime } = summary;
  return {
    name: name ?? '',
    kubernetesVersion: kubernetesVersion ?? '',
    status: insightStatus?.status ?? 'UNKNOWN',
    reason: insightStatus?.reason ?? '',
    refreshedAtMs: lastRefreshTime?.getTime() ?? null,
  };
}

/** Of what passes nobody asks. A role that may list and not describe still learns the status; so it does of an insight that went meanwhile. */
async function detailsOf(
  client: EKSClient,
  clusterName: string,
  { id, insightStatus }: InsightSummary,
  signal: AbortSignal,
): Promise<Pick<Insight, 'recommendation' | 'deprecations'>> {
  const nothing = { recommendation: '', deprecations: [] };
  if (id === undefined || insightStatus?.status === 'PASSING') return nothing;
  try {
    const { insight } = await client.send(new DescribeInsightCommand({ clusterName, id }), {
      abortSignal: signal,
    });
    const { recommendation = '', categorySpecificSummary } = insight ?? {};
    return {
      recommendation,
      deprecations: (categorySpecificSummary?.deprecationDetails ?? []).map(useOf),
    };
  } catch (error) {
    const { type } = knownFailure(error, clusterName);
    if (type === 'access-denied' || type === 'not-found') return nothing;
    throw error;
  }
}

function useOf({ usage, replacedWith, clientStats }: DeprecationDetail): DeprecatedUse {
  return {
    usage: usage ?? '',
    replacedWith: replacedWith ?? '',
    clients: (clientStats ?? []).map(({ userAgent, numberOfRequestsLast30Days }) => ({
      userAgent: userAgent ?? 'an unnamed client',
      requests: numberOfRequestsLast30Days ?? 0,
    })),
  };
}

/** ListInsights, DescribeInsight and the refresh on request. Which insights a cluster has is data: seeded, or set by a scenario. */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { page } from './pages.ts';

export function insightHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    ListInsights: (input) => {
      const { insights } = state.require(input.clusterName);
      const { categories, kubernetesVersions, statuses } = input.filter ?? {};
      const wanted = insights.filter(
        ({ category, kubernetesVersion, insightStatus }) =>
          among(categories, category) &&
          among(kubernetesVersions, kubernetesVersion) &&
          among(statuses, insightStatus?.status),
      );
      const { items, nextToken } = page(wanted, input);
      return { insights: items.map(summaryOf), nextToken };
    },

    DescribeInsight: ({ clusterName, id }) => {
      const insight = state.require(clusterName).insights.find((candidate) => candidate.id === id);
      if (insight === undefined)
        throw new AwsError('ResourceNotFoundException', `No insight found with id: ${id}`);
      return { insight };
    },

    StartInsightsRefresh: ({ clusterName }) => {
      const record = state.requireActive(clusterName);
      if (record.insightsRefresh?.status !== 'IN_PROGRESS') refresh(state, record);
      return { status: 'IN_PROGRESS', message: 'Insights refresh is in progress' };
    },

    DescribeInsightsRefresh: ({ clusterName }) => {
      const { insightsRefresh } = state.require(clusterName);
      if (insightsRefresh === undefined) {
        throw new AwsError(
          'ResourceNotFoundException',
          'No insights refresh was started for this cluster',
        );
      }
      return { ...insightsRefresh, message: `Insights refresh is ${insightsRefresh.status}` };
    },
  };
}

function refresh(state: EksState, record: ClusterRecord): void {
  const startedAt = state.now();
  record.insightsRefresh = { status: 'IN_PROGRESS', startedAt };
  state.parts.account.physics.later('insightsRefresh', () => {
    const endedAt = state.now();
    record.insights = record.insights.map((insight) => ({ ...insight, lastRefreshTime: endedAt }));
    record.insightsRefresh = { status: 'COMPLETED', startedAt, endedAt };
  });
}

const among = (wanted: readonly string[] | undefined, value: string | undefined): boolean =>
  wanted === undefined || wanted.length === 0 || (value !== undefined && wanted.includes(value));

const summaryOf = (insight: sdk.Insight): sdk.InsightSummary => ({
  id: insight.id,
  name: insight.name,
  category: insight.category,
  kubernetesVersion: insight.kubernetesVersion,
  lastRefreshTime: insight.lastRefreshTime,
  lastTransitionTime: insight.lastTransitionTime,
  description: insight.description,
  insightStatus: insight.insightStatus,
});

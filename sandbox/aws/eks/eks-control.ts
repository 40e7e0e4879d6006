/**
 * EKS's side door: lifecycles that get stuck or fail, and insights that say no.
 *
 *   GET|PUT|DELETE /_sandbox/eks/outcomes   DELETE forgets the rules and lets what is stuck go on
 *   PUT /_sandbox/eks/insights/<cluster>    { name, kubernetesVersion, status, reason }: adds or changes that insight; with
 *                                           { recommendation, deprecationDetails, ageHours } beside them
 *   PUT /_sandbox/eks/health/<cluster>      { issues: [{ code, message, resourceIds }] }: what EKS says is wrong with the cluster now
 */
import { ClusterIssueCode } from '@aws-sdk/client-eks';
import { z } from 'zod';
import type { ControlAnswer, ControlRoute } from '../core/control-api.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import type { OutcomeRule } from './outcomes.ts';

const outcomeRuleSchema: z.ZodType<OutcomeRule> = z.strictObject({
  kind: z.enum([
    'cluster-create',
    'cluster-update',
    'cluster-delete',
    'nodegroup-create',
    'nodegroup-update',
    'nodegroup-delete',
    'addon-create',
    'addon-update',
    'addon-delete',
  ]),
  cluster: z.string().exactOptional(),
  name: z.string().exactOptional(),
  times: z.int().min(1).exactOptional(),
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stuck') }),
    z.strictObject({ kind: z.literal('fail'), code: z.string(), message: z.string() }),
  ]),
});

const insightSchema = z.strictObject({
  name: z.string(),
  kubernetesVersion: z.string(),
  status: z.enum(['PASSING', 'WARNING', 'ERROR', 'UNKNOWN']),
  reason: z.string(),
  recommendation: z.string().exactOptional(),
  deprecationDetails: z
    .array(
      z.strictObject({
        usage: z.string(),
        replacedWith: z.string(),
        stopServingVersion: z.string(),
        clientStats: z.array(
          z.strictObject({ userAgent: z.string(), numberOfRequestsLast30Days: z.int() }),
        ),
      }),
    )
    .exactOptional(),
  /** Since EKS looked at it. Default: 0. */
  ageHours: z.number().exactOptional(),
});

const healthSchema = z.strictObject({
  issues: z.array(
    z.strictObject({
      code: z.enum(ClusterIssueCode),
      message: z.string(),
      resourceIds: z.array(z.string()),
    }),
  ),
});

type InsightSetting = z.infer<typeof insightSchema>;

export function eksControlRoutes(state: EksState): readonly ControlRoute[] {
  return [
    ({ method, path, body }) => {
      if (path !== 'eks/outcomes') return undefined;
      if (method === 'GET') return { status: 200, body: { stuck: state.outcomes.stuck() } };
      if (method === 'DELETE') {
        state.outcomes.clear();
        return { status: 200, body: {} };
      }
      return parsed(outcomeRuleSchema, body, (rule) => state.outcomes.add(rule));
    },

    ({ method, path, body }) => {
      if (method !== 'PUT' || !path.startsWith('eks/insights/')) return undefined;
      const record = state.clusters.get(path.slice('eks/insights/'.length));
      if (record === undefined) return { status: 404, body: { message: 'no such cluster' } };
      return parsed(insightSchema, body, (setting) => setInsight(state, record, setting));
    },

    ({ method, path, body }) => {
      if (method !== 'PUT' || !path.startsWith('eks/health/')) return undefined;
      const record = state.clusters.get(path.slice('eks/health/'.length));
      if (record === undefined) return { status: 404, body: { message: 'no such cluster' } };
      return parsed(healthSchema, body, (health) => {
        record.cluster = { ...record.cluster, health };
      });
    },
  ];
}

/** Changes the insight of that name and version, or adds it. */
function setInsight(state: EksState, record: ClusterRecord, setting: InsightSetting): void {
  const { name, kubernetesVersion, status, reason } = setting;
  const { recommendation, deprecationDetails, ageHours = 0 } = setting;
  const at = new Date(state.now().getTime() - ageHours * 3_600_000);
  const isMeant = (insight: ClusterRecord['insights'][number]): boolean =>
    insight.name === name && insight.kubernetesVersion === kubernetesVersion;
  const known = record.insights.find(isMeant) ?? {
    id: state.parts.account.random.uuid(),
    name,
    kubernetesVersion,
    category: 'UPGRADE_READINESS' as const,
    description: name,
    resources: [],
  };
  const changed = {
    ...known,
    insightStatus: { status, reason },
    ...(recommendation === undefined ? {} : { recommendation }),
    ...(deprecationDetails === undefined
      ? {}
      : { categorySpecificSummary: { deprecationDetails, addonCompatibilityDetails: [] } }),
    lastRefreshTime: at,
    lastTransitionTime: at,
  };
  record.insights = [...record.insights.filter((insight) => !isMeant(insight)), changed];
}

function parsed<T>(schema: z.ZodType<T>, body: unknown, use: (value: T) => void): ControlAnswer {
  const result = schema.safeParse(body);
  if (!result.success) return { status: 400, body: { problems: result.error.issues } };
  use(result.data);
  return { status: 200, body: {} };
}

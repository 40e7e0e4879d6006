/**
 * The insights a healthy cluster has: for each minor above its own, everything PASSING. Scenarios replace them with worse ones.
 * Names and categories: docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
 */
import type { Insight } from '@aws-sdk/client-eks';
import type { EksState } from './eks-state.ts';
import { minorOf, OFFERED_VERSIONS } from './kubernetes-versions.ts';

const DESCRIPTIONS = {
  'Deprecated APIs removed in Kubernetes':
    'Checks for usage of deprecated APIs that are scheduled for removal in the next Kubernetes versions.',
  'Kubelet version skew':
    'Checks for kubelet versions of worker nodes that an upgrade would leave too far behind.',
  'Cluster health issues': 'Checks for cluster health issues that prevent a successful upgrade.',
  'EKS add-on version compatibility':
    'Checks that installed EKS add-ons are compatible with the next version.',
  'kube-proxy version skew':
    'Checks version of kube-proxy to see if an upgrade would cause non compliance.',
} as const;

export function upgradeReadiness(
  state: EksState,
  clusterName: string,
  minor: number,
): readonly Insight[] {
  const random = state.parts.account.random.fork(`insights ${clusterName}`);
  const refreshed = state.now();
  const ahead = OFFERED_VERSIONS.filter(({ version }) => minorOf(version) > minor).reverse();
  return ahead.flatMap(({ version }) =>
    Object.entries(DESCRIPTIONS).map(([name, description]) => ({
      id: random.uuid(),
      name: name.startsWith('Deprecated') ? `${name} v${version}` : name,
      category: 'UPGRADE_READINESS',
      kubernetesVersion: version,
      lastRefreshTime: refreshed,
      lastTransitionTime: refreshed,
      description,
      insightStatus: { status: 'PASSING', reason: 'No issue was found.' },
      recommendation: 'Nothing needs to be done.',
      additionalInfo: {},
      resources: [],
      categorySpecificSummary: { deprecationDetails: [], addonCompatibilityDetails: [] },
    })),
  );
}

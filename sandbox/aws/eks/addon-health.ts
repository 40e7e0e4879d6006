/** An add-on as it is right now: its pods are asked for on every describe of an installed add-on. */
import type { Addon } from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import { ADDON_NAMESPACE, catalogueAddon } from './addon-catalogue.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';

/** Throws `ResourceNotFoundException`. */
export function requireAddon(record: ClusterRecord, addonName: string | undefined): Addon {
  const addon = record.addons.get(addonName ?? '');
  if (addon !== undefined) return addon;
  throw new AwsError(
    'ResourceNotFoundException',
    `No addon: ${addonName} found in cluster: ${record.cluster.name}`,
    {
      fields: { clusterName: record.cluster.name, addonName },
    },
  );
}

/** ACTIVE as long as all its pods are available, DEGRADED otherwise; other states are left as they are. */
export async function withHealth(
  state: EksState,
  record: ClusterRecord,
  addon: Addon,
): Promise<Addon> {
  const clusterRuns = record.cluster.status === 'ACTIVE' || record.cluster.status === 'UPDATING';
  if (addon.status !== 'ACTIVE' || !clusterRuns) return addon;
  const short = await workloadsShortOfPods(state, record, addon.addonName ?? '');
  if (short.length === 0) return addon;
  const issue = {
    code: 'InsufficientNumberOfReplicas' as const,
    message: `The add-on is unhealthy because it doesn't have the desired number of replicas: ${short.join(', ')}`,
    resourceIds: [],
  };
  return { ...addon, status: 'DEGRADED', health: { issues: [issue] } };
}

/** Names of the add-on's workloads that lack pods. */
export async function workloadsShortOfPods(
  state: EksState,
  record: ClusterRecord,
  addonName: string,
): Promise<readonly string[]> {
  const workloads = catalogueAddon(addonName)?.workloads ?? [];
  const short = await Promise.all(
    workloads.map(async ({ kind, name }) => {
      const ref = { kind, name, namespace: ADDON_NAMESPACE };
      const health = await state.parts.backend.workloadHealth(record.cluster.name ?? '', ref);
      return health !== undefined && health.available >= health.desired ? [] : [name];
    }),
  );
  return short.flat();
}

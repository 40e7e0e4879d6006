/** An add-on as it is right now: its pods are asked for on every describe of an installed add-on. */
import type { Addon, AddonIssue } from '@aws-sdk/client-eks';
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
  const issue = await addonIssue(state, record, addon.addonName ?? '');
  return issue === undefined
    ? addon
    : { ...addon, status: 'DEGRADED', health: { issues: [issue] } };
}

/** What is wrong with the add-on's workloads now; undefined when all their pods are available. */
export async function addonIssue(
  state: EksState,
  record: ClusterRecord,
  addonName: string,
): Promise<AddonIssue | undefined> {
  const workloads = catalogueAddon(addonName)?.workloads ?? [];
  const short: string[] = [];
  for (const { kind, name } of workloads) {
    const ref = { kind, name, namespace: ADDON_NAMESPACE };
    try {
      const health = await state.parts.backend.workloadHealth(record.cluster.name ?? '', ref);
      if (health === undefined || health.available < health.desired) short.push(name);
    } catch (cause) {
      return { code: 'ClusterUnreachable', message: String(cause), resourceIds: [] };
    }
  }
  if (short.length === 0) return undefined;
  return {
    code: 'InsufficientNumberOfReplicas',
    message: `The add-on is unhealthy because it doesn't have the desired number of replicas: ${short.join(', ')}`,
    resourceIds: [],
  };
}

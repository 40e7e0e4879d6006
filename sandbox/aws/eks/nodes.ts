/** The nodes of a node group: their names and labels as EC2 and EKS would make them, and bringing their number to the wish. */
import type { Nodegroup, TaintEffect } from '@aws-sdk/client-eks';
import type { NodeTaint, NodeToAdd } from './cluster-backend.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { offeredVersion } from './kubernetes-versions.ts';

const TAINT_EFFECTS: Readonly<Record<TaintEffect, NodeTaint['effect']>> = {
  NO_SCHEDULE: 'NoSchedule',
  NO_EXECUTE: 'NoExecute',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
};

/** Adds or removes nodes until the group has its desired size. The last ones added go first. */
export async function scaleNodes(
  state: EksState,
  record: ClusterRecord,
  nodegroup: Nodegroup,
): Promise<void> {
  const { clusterName = '', nodegroupName = '', scalingConfig } = nodegroup;
  const names = record.nodes.get(nodegroupName) ?? [];
  const desired = scalingConfig?.desiredSize ?? 0;
  const missing = Array.from({ length: Math.max(0, desired - names.length) }, (_, i) =>
    newNode(state, nodegroup, names.length + i),
  );
  await addNodes(state, nodegroup, missing);
  await removeNodes(state, clusterName, names.slice(desired));
  record.nodes.set(nodegroupName, [...names.slice(0, desired), ...missing.map(({ name }) => name)]);
}

/** New nodes first, then the old ones go: what a managed update does, without its pace. */
export async function replaceNodes(
  state: EksState,
  record: ClusterRecord,
  nodegroup: Nodegroup,
): Promise<void> {
  const { clusterName = '', nodegroupName = '' } = nodegroup;
  const old = record.nodes.get(nodegroupName) ?? [];
  record.nodes.set(nodegroupName, []);
  await scaleNodes(state, record, nodegroup);
  await removeNodes(state, clusterName, old);
}

export async function removeAllNodes(
  state: EksState,
  record: ClusterRecord,
  nodegroup: Nodegroup,
): Promise<void> {
  const { clusterName = '', nodegroupName = '' } = nodegroup;
  await removeNodes(state, clusterName, record.nodes.get(nodegroupName) ?? []);
  record.nodes.delete(nodegroupName);
}

async function addNodes(
  { parts: { account, backend } }: EksState,
  { clusterName = '', capacityType }: Nodegroup,
  nodes: readonly NodeToAdd[],
): Promise<void> {
  const market = capacityType === 'SPOT' ? 'spot' : 'on-demand';
  for (const { name, instanceType } of nodes)
    account.instances.start(name, { instanceType, market });
  await backend.addNodes(clusterName, nodes);
}

async function removeNodes(
  { parts: { account, backend } }: EksState,
  clusterName: string,
  names: readonly string[],
): Promise<void> {
  await backend.removeNodes(clusterName, names);
  for (const name of names) account.instances.end(name);
}

function newNode(state: EksState, nodegroup: Nodegroup, index: number): NodeToAdd {
  const { region, network } = state.parts.account;
  const subnets = nodegroup.subnets ?? [];
  const subnetId = subnets[index % Math.max(1, subnets.length)] ?? '';
  const internalIp = network.nextAddress(subnetId);
  return {
    name: `ip-${internalIp.replaceAll('.', '-')}.${region}.compute.internal`,
    internalIp,
    zone: network.subnet(subnetId)?.availabilityZone ?? `${region}a`,
    instanceType: nodegroup.instanceTypes?.[0] ?? 't3.medium',
    kubeletVersion: `v${offeredVersion(nodegroup.version)?.patchVersion}-eks-0c07e00`,
    labels: {
      ...nodegroup.labels,
      'eks.amazonaws.com/nodegroup': nodegroup.nodegroupName ?? '',
      'eks.amazonaws.com/capacityType': nodegroup.capacityType ?? 'ON_DEMAND',
    },
    taints: (nodegroup.taints ?? []).map(({ key = '', value = '', effect = 'NO_SCHEDULE' }) => ({
      key,
      value,
      effect: TAINT_EFFECTS[effect],
    })),
  };
}

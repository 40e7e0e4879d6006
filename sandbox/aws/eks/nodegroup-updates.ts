/** UpdateNodegroupConfig (size, labels, taints) and UpdateNodegroupVersion (new nodes at the control plane's version). */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { minorOf, offeredVersion } from './kubernetes-versions.ts';
import { releaseVersionOf, validateScaling } from './nodegroup-request.ts';
import { changeNodegroup, requireNodegroup } from './nodegroups.ts';
import { replaceNodes, scaleNodes } from './nodes.ts';
import { closeUpdate, openUpdate, replayedUpdate } from './updates.ts';

export function nodegroupUpdateHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    UpdateNodegroupConfig: (input) => {
      const record = state.requireActive(input.clusterName);
      const replayed = replayedUpdate(state, record, 'UpdateNodegroupConfig', input);
      if (replayed !== undefined) return { update: replayed };
      const nodegroup = requireIdleNodegroup(record, input.nodegroupName);
      const change = configChange(nodegroup, input);
      const update = start(
        state,
        record,
        nodegroup,
        'ConfigUpdate',
        change.params,
        async (name) => {
          await scaleNodes(state, record, changeNodegroup(record, name, change.changed));
        },
      );
      state.tokens.remember('UpdateNodegroupConfig', input, update.id ?? '');
      return { update };
    },

    UpdateNodegroupVersion: (input) => {
      const record = state.requireActive(input.clusterName);
      const replayed = replayedUpdate(state, record, 'UpdateNodegroupVersion', input);
      if (replayed !== undefined) return { update: replayed };
      const nodegroup = requireIdleNodegroup(record, input.nodegroupName);
      const version = input.version ?? record.cluster.version ?? '';
      if (
        offeredVersion(version) === undefined ||
        minorOf(version) > minorOf(record.cluster.version)
      ) {
        const what = `Requested Nodegroup version ${version} is ahead of cluster version ${record.cluster.version}`;
        throw new AwsError('InvalidParameterException', what);
      }
      const changed = {
        version,
        releaseVersion: input.releaseVersion ?? releaseVersionOf(version),
      };
      const params: sdk.UpdateParam[] = [
        { type: 'Version', value: changed.version },
        { type: 'ReleaseVersion', value: changed.releaseVersion },
      ];
      const update = start(state, record, nodegroup, 'VersionUpdate', params, async (name) => {
        await replaceNodes(state, record, changeNodegroup(record, name, changed));
      });
      state.tokens.remember('UpdateNodegroupVersion', input, update.id ?? '');
      return { update };
    },
  };
}

function start(
  state: EksState,
  record: ClusterRecord,
  { nodegroupName = '' }: sdk.Nodegroup,
  type: sdk.UpdateType,
  params: readonly sdk.UpdateParam[],
  change: (name: string) => Promise<void>,
): sdk.Update {
  const update = openUpdate(state, record, type, params, { nodegroupName });
  changeNodegroup(record, nodegroupName, { status: 'UPDATING' });
  state.play(
    { kind: 'nodegroup-update', cluster: record.cluster.name ?? '', name: nodegroupName },
    'nodegroupUpdate',
    async () => {
      await change(nodegroupName);
      changeNodegroup(record, nodegroupName, { status: 'ACTIVE', modifiedAt: state.now() });
      closeUpdate(record, update.id);
    },
    (code, message) => {
      changeNodegroup(record, nodegroupName, { status: 'ACTIVE' });
      closeUpdate(record, update.id, { code, message });
    },
  );
  return update;
}

function requireIdleNodegroup(
  record: ClusterRecord,
  nodegroupName: string | undefined,
): sdk.Nodegroup {
  const nodegroup = requireNodegroup(record, nodegroupName);
  if (nodegroup.status === 'ACTIVE' || nodegroup.status === 'DEGRADED') return nodegroup;
  throw new AwsError(
    'ResourceInUseException',
    `Nodegroup ${nodegroupName} is ${nodegroup.status}`,
    {
      fields: { clusterName: record.cluster.name, nodegroupName },
    },
  );
}

function configChange(
  nodegroup: sdk.Nodegroup,
  input: sdk.UpdateNodegroupConfigCommandInput,
): { params: readonly sdk.UpdateParam[]; changed: Partial<sdk.Nodegroup> } {
  const scalingConfig = { ...nodegroup.scalingConfig, ...input.scalingConfig };
  validateScaling(scalingConfig);
  const labels = { ...nodegroup.labels, ...input.labels?.addOrUpdateLabels };
  for (const key of input.labels?.removeLabels ?? []) delete labels[key];
  const removed = new Set((input.taints?.removeTaints ?? []).map(({ key }) => key));
  const replaced = new Set((input.taints?.addOrUpdateTaints ?? []).map(({ key }) => key));
  const kept = (nodegroup.taints ?? []).filter(
    ({ key }) => !removed.has(key) && !replaced.has(key),
  );
  return {
    params: [
      { type: 'MinSize', value: String(scalingConfig.minSize) },
      { type: 'MaxSize', value: String(scalingConfig.maxSize) },
      { type: 'DesiredSize', value: String(scalingConfig.desiredSize) },
    ],
    changed: {
      scalingConfig,
      labels,
      taints: [...kept, ...(input.taints?.addOrUpdateTaints ?? [])],
      updateConfig: input.updateConfig ?? nodegroup.updateConfig,
    },
  };
}

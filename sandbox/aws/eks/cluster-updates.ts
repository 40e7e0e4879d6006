/**
 * UpdateClusterConfig (one kind of change a call) and UpdateClusterVersion (one minor up). The cluster is UPDATING meanwhile and
 * takes no other update.
 * Sources: docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html, …/userguide/update-cluster.html
 */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { plannedConfigChange } from './cluster-config-change.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { minorOf, offeredVersion } from './kubernetes-versions.ts';
import { upgradeReadiness } from './seeded-insights.ts';
import { closeUpdate, openUpdate, replayedUpdate } from './updates.ts';

export function clusterUpdateHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    UpdateClusterConfig: (input) => {
      const record = state.require(input.name);
      const replayed = replayedUpdate(state, record, 'UpdateClusterConfig', input);
      if (replayed !== undefined) return { update: replayed };
      requireIdle(record);
      const change = plannedConfigChange(state.parts.account, record.cluster, input);
      const update = start(state, record, change.type, change.params, 'clusterUpdate', async () => {
        record.cluster = { ...record.cluster, ...change.changed };
      });
      state.tokens.remember('UpdateClusterConfig', input, update.id ?? '');
      return { update };
    },

    UpdateClusterVersion: (input) => {
      const record = state.require(input.name);
      const replayed = replayedUpdate(state, record, 'UpdateClusterVersion', input);
      if (replayed !== undefined) return { update: replayed };
      const { backend } = state.parts;
      if (backend.setVersion === undefined) {
        throw new AwsError(
          'NotImplementedException',
          'the clusters behind this EKS cannot change their version',
          {
            httpStatus: 501,
          },
        );
      }
      const setVersion = backend.setVersion.bind(backend);
      requireIdle(record);
      const version = input.version ?? '';
      requireUpgradable(record, version, input.force ?? false);
      const platformVersion = offeredVersion(version)?.platformVersion;
      const params: sdk.UpdateParam[] = [
        { type: 'Version', value: version },
        { type: 'PlatformVersion', value: platformVersion },
      ];
      const update = start(
        state,
        record,
        'VersionUpdate',
        params,
        'clusterVersionUpdate',
        async () => {
          const { name = '' } = record.cluster;
          await setVersion(name, version);
          record.cluster = { ...record.cluster, version, platformVersion };
          record.insights = upgradeReadiness(state, name, minorOf(version));
        },
      );
      state.tokens.remember('UpdateClusterVersion', input, update.id ?? '');
      return { update };
    },
  };
}

function start(
  state: EksState,
  record: ClusterRecord,
  type: sdk.UpdateType,
  params: readonly sdk.UpdateParam[],
  delay: 'clusterUpdate' | 'clusterVersionUpdate',
  change: () => Promise<void>,
): sdk.Update {
  const update = openUpdate(state, record, type, params);
  record.cluster = { ...record.cluster, status: 'UPDATING' };
  state.play(
    { kind: 'cluster-update', cluster: record.cluster.name ?? '' },
    delay,
    async () => {
      await change();
      record.cluster = { ...record.cluster, status: 'ACTIVE' };
      closeUpdate(record, update.id);
    },
    (code, message) => {
      record.cluster = { ...record.cluster, status: 'ACTIVE' };
      closeUpdate(record, update.id, { code, message });
    },
  );
  return update;
}

function requireIdle({ cluster }: ClusterRecord): void {
  if (cluster.status === 'ACTIVE') return;
  throw new AwsError(
    'ResourceInUseException',
    `Cannot update cluster ${cluster.name}: it is ${cluster.status}`,
    {
      fields: { clusterName: cluster.name },
    },
  );
}

function requireUpgradable(record: ClusterRecord, version: string, force: boolean): void {
  const { cluster, nodegroups, insights } = record;
  const from = cluster.version ?? '';
  if (offeredVersion(version) === undefined) {
    throw new AwsError('InvalidParameterException', `unsupported Kubernetes version ${version}`);
  }
  if (minorOf(version) < minorOf(from)) {
    const what =
      record.createdVersion === from
        ? `Cluster ${cluster.name} was created at ${from} and cannot be rolled back`
        : 'Version rollback is not emulated';
    throw new AwsError('InvalidRequestException', what, { fields: { clusterName: cluster.name } });
  }
  if (minorOf(version) !== minorOf(from) + 1) {
    const what = `Unsupported Kubernetes minor version update from ${from} to ${version}`;
    throw new AwsError('InvalidParameterException', what, {
      fields: { clusterName: cluster.name },
    });
  }
  const behind = [...nodegroups.values()].filter((nodegroup) => nodegroup.version !== from);
  if (behind.length > 0) {
    const names = behind.map(({ nodegroupName }) => nodegroupName).join(', ');
    const what = `Nodegroups ${names} must be updated to match cluster version ${from} before updating cluster version`;
    throw new AwsError('InvalidRequestException', what, { fields: { clusterName: cluster.name } });
  }
  const errors = insights.filter(
    ({ kubernetesVersion, insightStatus }) =>
      kubernetesVersion === version && insightStatus?.status === 'ERROR',
  );
  if (errors.length > 0 && !force) {
    const names = errors.map(({ name }) => name).join(', ');
    throw new AwsError(
      'InvalidStateException',
      `Upgrade readiness insights report errors: ${names}`,
      {
        fields: { clusterName: cluster.name },
      },
    );
  }
}

/**
 * CreateCluster, DescribeCluster, ListClusters, DeleteCluster. CREATING ends when a real API server answers `/readyz`, DELETING
 * when it is gone.
 *
 * C1 A cluster with node groups is not deleted, nor one under deletion protection (that is not creating, failed or deleting).
 * C2 A name is free again only when the deletion has ended.
 */
import type * as sdk from '@aws-sdk/client-eks';
import { ClusterIssueCode } from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { QUOTA_CODES } from '../quotas/quota-book.ts';
import { admitCreator } from './access-entries.ts';
import { installSelfManagedAddons } from './addon-workloads.ts';
import { validateNetwork, validateNewCluster } from './cluster-request.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { knownCode } from './known-code.ts';
import { DEFAULT_VERSION } from './kubernetes-versions.ts';
import { newClusterRecord } from './new-cluster.ts';
import { page } from './pages.ts';

export function clusterHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    CreateCluster: (input, { caller }) => {
      const { name = '' } = input;
      if (state.tokens.isReplay('CreateCluster', input))
        return { cluster: state.require(name).cluster };
      const version = input.version ?? DEFAULT_VERSION;
      if (state.clusters.has(name)) {
        throw new AwsError('ResourceInUseException', `Cluster already exists with name: ${name}`, {
          fields: { clusterName: name },
        });
      }
      validateNewCluster(state.parts.account, input, version);
      const quota = state.parts.account.quotas.value(QUOTA_CODES.clusters);
      if (state.clusters.size >= quota) {
        throw new AwsError('ResourceLimitExceededException', `Cluster limit exceeded: ${quota}`);
      }
      const [subnet] = validateNetwork(state.parts.account, input.resourcesVpcConfig);
      const made = { version, vpcId: subnet?.vpcId ?? '', creatorArn: caller.principalArn };
      const record = newClusterRecord(state, input, made);
      state.clusters.set(name, record);
      state.tokens.remember('CreateCluster', input, name);
      bringUp(state, record, input.bootstrapSelfManagedAddons ?? true);
      return { cluster: record.cluster };
    },

    DescribeCluster: ({ name }) => ({ cluster: state.require(name).cluster }),

    ListClusters: (input) => {
      const { items, nextToken } = page([...state.clusters.keys()].sort(), input);
      return { clusters: items, nextToken };
    },

    DeleteCluster: ({ name }) => {
      const record = state.require(name);
      if (record.cluster.status !== 'DELETING') takeDown(state, record);
      return { cluster: record.cluster };
    },
  };
}

function bringUp(state: EksState, record: ClusterRecord, bootstrapAddons: boolean): void {
  const { account, backend, tokenWebhookUrl } = state.parts;
  const { name = '', version = '', identity, kubernetesNetworkConfig } = record.cluster;
  const toStart = {
    name,
    version,
    issuer: identity?.oidc?.issuer ?? '',
    serviceCidr: kubernetesNetworkConfig?.serviceIpv4Cidr ?? '',
    tokenWebhookUrl: tokenWebhookUrl(name),
  };
  // The API server starts at once and in parallel to the delay: AWS's clock and ours run together.
  const started = backend.start(toStart);
  // A failed start is the transition's to report, also when it fails before the transition looks.
  started.catch(() => undefined);
  state.play(
    { kind: 'cluster-create', cluster: name },
    'clusterCreate',
    async () => {
      const { endpoint, caData } = await started;
      if (backend.publishedKeys !== undefined)
        account.issuers.publish(
          toStart.issuer,
          async () => (await backend.publishedKeys?.(name)) ?? [],
        );
      await admitCreator(state, record);
      if (bootstrapAddons) await installSelfManagedAddons(state, record);
      record.cluster = {
        ...record.cluster,
        status: 'ACTIVE',
        endpoint,
        certificateAuthority: { data: caData },
      };
    },
    (code, message) => {
      const issue = {
        code: knownCode(ClusterIssueCode, code, 'Other'),
        message,
        resourceIds: [name],
      };
      record.cluster = { ...record.cluster, status: 'FAILED', health: { issues: [issue] } };
    },
  );
}

function takeDown(state: EksState, record: ClusterRecord): void {
  const { name = '', status, deletionProtection, resourcesVpcConfig, identity } = record.cluster;
  const fields = { clusterName: name };
  if (record.nodegroups.size > 0) {
    throw new AwsError('ResourceInUseException', 'Cluster has nodegroups attached', { fields });
  }
  if (status === 'CREATING' || status === 'UPDATING') {
    const what = `Cannot delete cluster ${name}: it is ${status}`;
    throw new AwsError('ResourceInUseException', what, { fields });
  }
  if (deletionProtection === true && status !== 'FAILED') {
    const what = `Cluster ${name} has deletion protection enabled. Disable deletion protection before deleting it.`;
    throw new AwsError('InvalidRequestException', what, { fields });
  }
  record.cluster = { ...record.cluster, status: 'DELETING' };
  state.play(
    { kind: 'cluster-delete', cluster: name },
    'clusterDelete',
    async () => {
      await state.parts.backend.stop(name);
      state.parts.account.network.deleteSecurityGroup(
        resourcesVpcConfig?.clusterSecurityGroupId ?? '',
      );
      state.parts.account.issuers.withdraw(identity?.oidc?.issuer ?? '');
      state.clusters.delete(name);
      state.tokens.forget(name);
    },
    (code, message) => {
      const issue = {
        code: knownCode(ClusterIssueCode, code, 'Other'),
        message,
        resourceIds: [name],
      };
      record.cluster = { ...record.cluster, status: 'FAILED', health: { issues: [issue] } };
    },
  );
}

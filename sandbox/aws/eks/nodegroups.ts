/**
 * Managed node groups: created, described, deleted. A node group is ACTIVE once its nodes are in the cluster; EKS makes the access
 * entry of its role by itself.
 */
import type * as sdk from '@aws-sdk/client-eks';
import { NodegroupIssueCode } from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { admitNodes } from './access-entries.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { knownCode } from './known-code.ts';
import { newNodegroup, validateNewNodegroup } from './nodegroup-request.ts';
import { removeAllNodes, scaleNodes } from './nodes.ts';
import { page } from './pages.ts';

export function nodegroupHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    CreateNodegroup: (input) => {
      const { clusterName = '', nodegroupName = '' } = input;
      const record = state.requireActive(clusterName);
      if (state.tokens.isReplay('CreateNodegroup', input))
        return { nodegroup: requireNodegroup(record, nodegroupName) };
      if (record.nodegroups.has(nodegroupName)) {
        const what = `NodeGroup already exists with name ${nodegroupName} and cluster name ${clusterName}`;
        throw new AwsError('ResourceInUseException', what, {
          fields: { clusterName, nodegroupName },
        });
      }
      validateNewNodegroup(state, record, input);
      const nodegroup = newNodegroup(state, record, input);
      record.nodegroups.set(nodegroupName, nodegroup);
      state.tokens.remember('CreateNodegroup', input, `${clusterName}/nodegroup/${nodegroupName}`);
      admitNodes(state, record, input.nodeRole ?? '');
      fill(state, record, nodegroupName);
      return { nodegroup };
    },

    DescribeNodegroup: ({ clusterName, nodegroupName }) => ({
      nodegroup: requireNodegroup(state.require(clusterName), nodegroupName),
    }),

    ListNodegroups: (input) => {
      const { items, nextToken } = page(
        [...state.require(input.clusterName).nodegroups.keys()].sort(),
        input,
      );
      return { nodegroups: items, nextToken };
    },

    DeleteNodegroup: ({ clusterName, nodegroupName }) => {
      const record = state.require(clusterName);
      const nodegroup = requireNodegroup(record, nodegroupName);
      if (nodegroup.status === 'DELETING') return { nodegroup };
      if (nodegroup.status === 'CREATING' || nodegroup.status === 'UPDATING') {
        const what = `Nodegroup ${nodegroupName} cannot be deleted: it is ${nodegroup.status}`;
        throw new AwsError('ResourceInUseException', what, {
          fields: { clusterName, nodegroupName },
        });
      }
      empty(state, record, nodegroup.nodegroupName ?? '');
      return { nodegroup: requireNodegroup(record, nodegroupName) };
    },
  };
}

/** Throws `ResourceNotFoundException`. */
export function requireNodegroup(
  record: ClusterRecord,
  nodegroupName: string | undefined,
): sdk.Nodegroup {
  const nodegroup = record.nodegroups.get(nodegroupName ?? '');
  if (nodegroup !== undefined) return nodegroup;
  throw new AwsError(
    'ResourceNotFoundException',
    `No node group found for name: ${nodegroupName}.`,
    {
      fields: { clusterName: record.cluster.name, nodegroupName },
    },
  );
}

export function changeNodegroup(
  record: ClusterRecord,
  name: string,
  change: Partial<sdk.Nodegroup>,
): sdk.Nodegroup {
  const changed = { ...requireNodegroup(record, name), ...change };
  record.nodegroups.set(name, changed);
  return changed;
}

const issueOf = (code: string, message: string): sdk.Issue => ({
  code: knownCode(NodegroupIssueCode, code, 'InternalFailure'),
  message,
  resourceIds: [],
});

function fill(state: EksState, record: ClusterRecord, name: string): void {
  state.play(
    { kind: 'nodegroup-create', cluster: record.cluster.name ?? '', name },
    'nodegroupCreate',
    async () => {
      await scaleNodes(state, record, requireNodegroup(record, name));
      changeNodegroup(record, name, { status: 'ACTIVE', modifiedAt: state.now() });
    },
    (code, message) =>
      void changeNodegroup(record, name, {
        status: 'CREATE_FAILED',
        health: { issues: [issueOf(code, message)] },
      }),
  );
}

function empty(state: EksState, record: ClusterRecord, name: string): void {
  const nodegroup = changeNodegroup(record, name, { status: 'DELETING', modifiedAt: state.now() });
  const { name: cluster = '' } = record.cluster;
  state.play(
    { kind: 'nodegroup-delete', cluster, name },
    'nodegroupDelete',
    async () => {
      await removeAllNodes(state, record, nodegroup);
      record.nodegroups.delete(name);
      state.tokens.forget(`${cluster}/nodegroup/${name}`);
    },
    (code, message) =>
      void changeNodegroup(record, name, {
        status: 'DELETE_FAILED',
        health: { issues: [issueOf(code, message)] },
      }),
  );
}

/**
 * The two kinds that the stand-in plays, each with what it reads, makes and deletes at EKS. Called by `ack-stand-in.ts`.
 */
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  type EKSClient,
} from '@aws-sdk/client-eks';
import type { KubernetesObject, Resource } from '#sandbox/kubernetes/kubernetes-object.ts';
import {
  ackClusters,
  ackNodegroups,
  type AckCluster,
  type AckCondition,
  type AckNodegroup,
} from './ack-objects.ts';
import { createClusterOf, createNodegroupOf } from './ack-requests.ts';

/** What EKS says of the thing that an object stands for. */
export interface Found {
  readonly arn: string;
  /** EKS's own word, such as `ACTIVE`. */
  readonly status: string;
  /** Health issues, `code: message`. */
  readonly issues: readonly string[];
  /** Fields of the object's status, conditions and metadata aside. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type AckObject = KubernetesObject & {
  readonly status?:
    | {
        readonly ackResourceMetadata?: { readonly arn?: string | undefined } | undefined;
        readonly conditions: readonly AckCondition[];
      }
    | undefined;
};

export interface AckKind<T extends AckObject> {
  readonly resource: Resource<T>;
  /** Null where EKS has none of that name. */
  describe(eks: EKSClient, object: T): Promise<Found | null>;
  /** Why it cannot be asked for yet; null: it can. */
  notYet(eks: EKSClient, object: T): Promise<string | null>;
  create(eks: EKSClient, object: T): Promise<void>;
  delete(eks: EKSClient, object: T): Promise<void>;
}

export const CLUSTER: AckKind<AckCluster> = {
  resource: ackClusters,
  describe: async (eks, { spec }) => {
    const { cluster } = await unlessMissing(
      eks.send(new DescribeClusterCommand({ name: spec.name })),
    );
    if (cluster === undefined) return null;
    const { arn = '', status = '', health, endpoint, certificateAuthority, identity } = cluster;
    const issues = health?.issues ?? [];
    return {
      arn,
      status,
      issues: issues.map(({ code, message }) => `${code}: ${message}`),
      fields: {
        status,
        endpoint,
        certificateAuthority,
        identity,
        platformVersion: cluster.platformVersion,
        createdAt: cluster.createdAt?.toISOString(),
        health: { issues: issues.map(({ code, message }) => ({ code, message })) },
      },
    };
  },
  notYet: async () => null,
  create: async (eks, object) => {
    await eks.send(new CreateClusterCommand(createClusterOf(object)));
  },
  delete: async (eks, { spec }) => {
    await eks.send(new DeleteClusterCommand({ name: spec.name }));
  },
};

export const NODEGROUP: AckKind<AckNodegroup> = {
  resource: ackNodegroups,
  describe: async (eks, { spec: { clusterName, name } }) => {
    const { nodegroup } = await unlessMissing(
      eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName: name })),
    );
    if (nodegroup === undefined) return null;
    const { nodegroupArn = '', status = '', health } = nodegroup;
    const issues = health?.issues ?? [];
    return {
      arn: nodegroupArn,
      status,
      issues: issues.map(({ code, message }) => `${code}: ${message}`),
      fields: {
        status,
        createdAt: nodegroup.createdAt?.toISOString(),
        health: { issues: issues.map(({ code, message }) => ({ code, message })) },
      },
    };
  },
  notYet: async (eks, { spec: { clusterName = '' } }) => {
    const { cluster } = await unlessMissing(
      eks.send(new DescribeClusterCommand({ name: clusterName })),
    );
    return cluster?.status === 'ACTIVE' ? null : `cluster ${clusterName} is not ACTIVE yet`;
  },
  create: async (eks, object) => {
    await eks.send(new CreateNodegroupCommand(createNodegroupOf(object)));
  },
  delete: async (eks, { spec: { clusterName, name } }) => {
    await eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName: name }));
  },
};

async function unlessMissing<T extends object>(answer: Promise<T>): Promise<Partial<T>> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException') return {};
    throw cause;
  }
}

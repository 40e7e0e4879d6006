import {
  CreateClusterCommand,
  DeleteClusterCommand,
  UpdateClusterConfigCommand,
  type Cluster,
} from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import type { ClusterDescription, Clusters } from '#activities/ports/clusters.ts';
import { asFailure, isNotFound } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { clusterLike } from './cluster-like.ts';
import { admittingRulesOf } from './eks-admitting-rules.ts';
import { eksInsights } from './eks-insights.ts';
import { subnetsOf } from './eks-subnets.ts';
import { versionsOf } from './eks-versions.ts';
import { clusterResource, findCluster, requireCluster } from './found-cluster.ts';
import { issuesOf } from './health-issues.ts';

/**
 * EKS control planes. Reads are one question each and tell what EKS says now; writes start something and return: waiting
 * is the activities' work. Doing any of them twice equals doing it once (I6): creation by its client token, the others because
 * they look first.
 */
export function createEksClusters({ clients }: { readonly clients: AwsClients }): Clusters {
  return {
    describe: (cluster, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const found = await findCluster(clients, cluster, signal);
        return found === null ? null : described(found);
      }),

    createLike: (blue, green, identity, signal) =>
      asFailure(clusterResource(green), signal, async () => {
        const model = await requireCluster(clients, blue, signal);
        const { cluster } = await clients
          .eks(green.access)
          .write.send(new CreateClusterCommand(clusterLike(model, green, identity)), {
            abortSignal: signal,
          });
        return described(cluster ?? {});
      }),

    versions: (access, signal) =>
      asFailure(`EKS in ${access.region}`, signal, async () =>
        versionsOf(clients.eks(access).read, signal),
      ),

    subnets: (cluster, signal) =>
      asFailure(`subnets of ${clusterResource(cluster)}`, signal, async () =>
        subnetsOf(clients, cluster, signal),
      ),

    admittingRules: (cluster, signal) =>
      asFailure(`security groups that admit ${clusterResource(cluster)}`, signal, async () =>
        admittingRulesOf(clients, cluster, signal),
      ),

    ...eksInsights(clients),

    allowDeletion: (cluster, clientToken, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const found = await findCluster(clients, cluster, signal);
        // Nothing can be changed of a cluster that failed, and nothing protects it (EKS user guide, "Deletion protection").
        if (found?.deletionProtection !== true || found.status === 'FAILED')
          return { updating: found?.status === 'UPDATING' };
        await clients.eks(cluster.access).write.send(
          new UpdateClusterConfigCommand({
            name: cluster.name,
            deletionProtection: false,
            clientRequestToken: clientToken,
          }),
          { abortSignal: signal },
        );
        return { updating: true };
      }),

    delete: (cluster, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const found = await findCluster(clients, cluster, signal);
        if (found === null || found.status === 'DELETING') return;
        try {
          await clients
            .eks(cluster.access)
            .write.send(new DeleteClusterCommand({ name: cluster.name }), { abortSignal: signal });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
  };
}

function described(cluster: Cluster): ClusterDescription {
  const { name, arn, createdAt, version, status } = cluster;
  if (
    name === undefined ||
    arn === undefined ||
    createdAt === undefined ||
    version === undefined ||
    status === undefined
  )
    throw new CutoverFailure('internal', 'EKS described a cluster without its identity', {
      resource: arn ?? name ?? 'cluster',
    });
  return {
    name,
    arn,
    createdAt: createdAt.toISOString(),
    version,
    status,
    issues: issuesOf(cluster.health),
    deletionProtection: cluster.deletionProtection === true,
    issuer: cluster.identity?.oidc?.issuer ?? null,
    admitsByConfigMapAlone: cluster.accessConfig?.authenticationMode === 'CONFIG_MAP',
    tags: cluster.tags ?? {},
  };
}

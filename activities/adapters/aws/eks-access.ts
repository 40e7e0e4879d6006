import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DescribeAccessEntryCommand,
  paginateListAccessEntries,
  paginateListAssociatedAccessPolicies,
  type AccessEntry,
  type AccessScope,
} from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { CutoverFailure } from '#domain/failures.ts';
import type { ClusterAccess } from '#activities/ports/cluster-access.ts';
import type { CreationIdentity } from '#activities/ports/clusters.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { asFailure, isAwsError } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { copiedTags } from './copied-tags.ts';
import { copyPodIdentities, podIdentityRoles } from './eks-pod-identities.ts';
import { clusterResource, requireCluster } from './found-cluster.ts';
import { partitionOf, principalOf } from './principal-arns.ts';

/**
 * Who may talk to a cluster's API server: access entries and their policies, never the aws-auth ConfigMap. Entries are
 * found again by their principal; associating a policy twice equals once.
 */
export function createEksAccess({ clients }: { readonly clients: AwsClients }): ClusterAccess {
  /** An entry of that principal that exists is kept as it is. */
  async function admit(
    cluster: ClusterRef,
    entry: Pick<AccessEntry, 'principalArn' | 'kubernetesGroups' | 'username' | 'tags'>,
    identity: CreationIdentity,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await clients.eks(cluster.access).write.send(
        new CreateAccessEntryCommand({
          clusterName: cluster.name,
          principalArn: entry.principalArn,
          kubernetesGroups: entry.kubernetesGroups,
          username: entry.username,
          type: 'STANDARD',
          tags: entry.tags,
          clientRequestToken: `${identity.clientToken}-${entry.principalArn ?? ''}`,
        }),
        { abortSignal: signal },
      );
    } catch (error) {
      if (!isAwsError(error, 'ResourceInUse')) throw error;
    }
  }

  async function grant(
    cluster: ClusterRef,
    principalArn: string,
    policy: {
      readonly policyArn: string | undefined;
      readonly accessScope: AccessScope | undefined;
    },
    signal: AbortSignal,
  ): Promise<void> {
    await clients
      .eks(cluster.access)
      .write.send(
        new AssociateAccessPolicyCommand({ clusterName: cluster.name, principalArn, ...policy }),
        { abortSignal: signal },
      );
  }

  /** Entries of people and tools. Node entries are made by EKS with the nodes, service-linked ones by their services. */
  async function peopleOf(cluster: ClusterRef, signal: AbortSignal): Promise<AccessEntry[]> {
    const client = clients.eks(cluster.access).read;
    const entries: AccessEntry[] = [];
    const pages = paginateListAccessEntries(
      { client },
      { clusterName: cluster.name },
      { abortSignal: signal },
    );
    for await (const page of pages)
      for (const principalArn of page.accessEntries ?? []) {
        if (principalArn.includes(':role/aws-service-role/')) continue;
        const { accessEntry } = await client.send(
          new DescribeAccessEntryCommand({ clusterName: cluster.name, principalArn }),
          { abortSignal: signal },
        );
        if (accessEntry?.type === 'STANDARD') entries.push(accessEntry);
      }
    return entries;
  }

  return {
    whoAmI: (access, signal) =>
      asFailure(`identity in account ${access.account}`, signal, async () => {
        const caller = await clients
          .sts(access)
          .send(new GetCallerIdentityCommand({}), { abortSignal: signal });
        // A role that the plan names is known with its path; a session's ARN does not tell it.
        const arn = access.roleArn ?? principalOf(caller.Arn ?? '');
        return { account: caller.Account ?? '', arn };
      }),

    admitAdmin: (cluster, principalArn, identity, signal) =>
      asFailure(`access of ${principalArn} to ${clusterResource(cluster)}`, signal, async () => {
        await admit(cluster, { principalArn, tags: { ...identity.tags } }, identity, signal);
        const policyArn = `arn:${partitionOf(principalArn)}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
        await grant(cluster, principalArn, { policyArn, accessScope: { type: 'cluster' } }, signal);
      }),

    copyEntries: (blue, green, identity, signal) =>
      asFailure(`access entries of ${clusterResource(blue)}`, signal, async () => {
        const { accessConfig } = await requireCluster(clients, blue, signal);
        if (accessConfig?.authenticationMode === 'CONFIG_MAP')
          throw new CutoverFailure(
            'unexpected-shape',
            'blue admits people by its aws-auth ConfigMap only; expected is authentication mode API_AND_CONFIG_MAP ' +
              'or API with an access entry for each of them',
            { resource: clusterResource(blue) },
          );
        const entries = await peopleOf(blue, signal);
        for (const entry of entries) {
          const { principalArn = '' } = entry;
          const tags = copiedTags(entry.tags, blue.name, identity);
          await admit(green, { ...entry, username: ownUsername(entry), tags }, identity, signal);
          const pages = paginateListAssociatedAccessPolicies(
            { client: clients.eks(blue.access).read },
            { clusterName: blue.name, principalArn },
            { abortSignal: signal },
          );
          for await (const page of pages)
            for (const { policyArn, accessScope } of page.associatedAccessPolicies ?? [])
              await grant(green, principalArn, { policyArn, accessScope }, signal);
        }
        return entries.length;
      }),

    podIdentities: (cluster, namespaces, signal) =>
      asFailure(`Pod Identity associations of ${clusterResource(cluster)}`, signal, async () =>
        podIdentityRoles(clients, cluster, namespaces, signal),
      ),

    copyPodIdentities: (blue, green, identity, signal) =>
      asFailure(`Pod Identity associations of ${clusterResource(blue)}`, signal, async () =>
        copyPodIdentities(clients, { blue, green }, identity, signal),
      ),
  };
}

/** Undefined where EKS made the name up: it makes the same again, and refuses some of its own when they are asked for. */
function ownUsername({ username }: AccessEntry): string | undefined {
  return username?.startsWith('arn:') === true ? undefined : username;
}

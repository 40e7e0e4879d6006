import { createHash } from 'node:crypto';
import {
  CreatePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  paginateListPodIdentityAssociations,
  type PodIdentityAssociationSummary,
} from '@aws-sdk/client-eks';
import type { AccountRole } from '#domain/workloads/service-account-roles.ts';
import type { CreationIdentity } from '#activities/ports/clusters.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { isAwsError } from '#activities/adapters/known-failures.ts';
import type { AwsClients } from './aws-clients.ts';
import { copiedTags } from './copied-tags.ts';

/** So many associations are asked for at once. */
const AT_ONCE = 8;

/**
 * Pod Identity: which role pods of a service account get. Belongs to one cluster, so green has none of blue's; those that an add-on
 * owns are made with the add-on. Source: docs eks/latest/APIReference/API_CreatePodIdentityAssociation.html
 */
export async function copyPodIdentities(
  clients: AwsClients,
  { blue, green }: { readonly blue: ClusterRef; readonly green: ClusterRef },
  identity: CreationIdentity,
  signal: AbortSignal,
): Promise<number> {
  const wanted = await ownAssociations(clients, blue, signal);
  const present = new Set((await associationsOf(clients, green, signal)).map(placeOf));
  for (const { associationId, ...summary } of wanted) {
    if (present.has(placeOf(summary))) continue;
    const { association } = await clients
      .eks(blue.access)
      .read.send(
        new DescribePodIdentityAssociationCommand({ clusterName: blue.name, associationId }),
        { abortSignal: signal },
      );
    const { namespace, serviceAccount, roleArn, targetRoleArn, disableSessionTags, tags } =
      association ?? {};
    try {
      await clients.eks(green.access).write.send(
        new CreatePodIdentityAssociationCommand({
          clusterName: green.name,
          namespace,
          serviceAccount,
          roleArn,
          targetRoleArn,
          disableSessionTags,
          tags: copiedTags(tags, blue.name, identity),
          clientRequestToken: tokenOf(identity, placeOf(summary)),
        }),
        { abortSignal: signal },
      );
    } catch (error) {
      // Made meanwhile: a service account has one.
      if (!isAwsError(error, 'ResourceInUse')) throw error;
    }
  }
  return wanted.length;
}

/** Lists tell no roles: each association is asked for. */
export async function podIdentityRoles(
  clients: AwsClients,
  cluster: ClusterRef,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly AccountRole[]> {
  const own = await ownAssociations(clients, cluster, signal);
  const wanted = own.filter(({ namespace = '' }) => namespaces.includes(namespace));
  const found: AccountRole[] = [];
  for (let from = 0; from < wanted.length; from += AT_ONCE)
    found.push(
      ...(await Promise.all(
        wanted.slice(from, from + AT_ONCE).map(async ({ associationId, ...summary }) => {
          const { association } = await clients.eks(cluster.access).read.send(
            new DescribePodIdentityAssociationCommand({
              clusterName: cluster.name,
              associationId,
            }),
            { abortSignal: signal },
          );
          const { namespace = '', serviceAccount = '' } = summary;
          return { namespace, name: serviceAccount, roleArn: association?.roleArn ?? '' };
        }),
      )),
    );
  return found;
}

async function ownAssociations(
  clients: AwsClients,
  cluster: ClusterRef,
  signal: AbortSignal,
): Promise<readonly PodIdentityAssociationSummary[]> {
  const all = await associationsOf(clients, cluster, signal);
  return all.filter(({ ownerArn }) => ownerArn === undefined);
}

async function associationsOf(
  clients: AwsClients,
  { access, name: clusterName }: ClusterRef,
  signal: AbortSignal,
): Promise<readonly PodIdentityAssociationSummary[]> {
  const client = clients.eks(access).read;
  const found: PodIdentityAssociationSummary[] = [];
  const options = { abortSignal: signal };
  for await (const { associations } of paginateListPodIdentityAssociations(
    { client },
    { clusterName },
    options,
  ))
    found.push(...(associations ?? []));
  return found;
}

function placeOf({
  namespace = '',
  serviceAccount = '',
}: Pick<PodIdentityAssociationSummary, 'namespace' | 'serviceAccount'>): string {
  return `${namespace}/${serviceAccount}`;
}

/** Service accounts have long names, and a token has no room for them. */
function tokenOf({ clientToken }: CreationIdentity, place: string): string {
  return `${clientToken}-${createHash('sha256').update(place).digest('hex').slice(0, 12)}`;
}

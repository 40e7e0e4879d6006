import {
  CreateAddonCommand,
  DescribeAddonCommand,
  DescribeAddonConfigurationCommand,
  DescribePodIdentityAssociationCommand,
  paginateDescribeAddonVersions,
  paginateListAddons,
  UpdateAddonCommand,
  type Addon,
  type AddonPodIdentityAssociations,
  type EKSClient,
} from '@aws-sdk/client-eks';
import type { OfferedVersion } from '#domain/addon-versions.ts';
import type { AddonDescription, Addons } from '#activities/ports/addons.ts';
import type { ClusterRef } from '#activities/ports/refs.ts';
import { asFailure, isNotFound } from '#activities/adapters/known-failures.ts';
import { misfitsOf } from './addon-misfits.ts';
import type { AwsClients } from './aws-clients.ts';
import { copiedTags } from './copied-tags.ts';
import { clusterResource } from './found-cluster.ts';
import { issuesOf } from './health-issues.ts';

/**
 * EKS add-ons. Green's are installed with blue's configuration, role and Pod Identity roles, and overwrite what a
 * new cluster brings itself. An add-on is found again by its name.
 */
export function createEksAddons({ clients }: { readonly clients: AwsClients }): Addons {
  return {
    list: (cluster, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const client = clients.eks(cluster.access).read;
        const addons: AddonDescription[] = [];
        const pages = paginateListAddons(
          { client },
          { clusterName: cluster.name },
          { abortSignal: signal },
        );
        for await (const page of pages)
          for (const name of page.addons ?? []) {
            const found = await find(client, cluster.name, name, signal);
            if (found !== null) addons.push(described(name, found));
          }
        return addons;
      }),

    offered: (access, addon, kubernetesVersion, signal) =>
      asFailure(`add-on ${addon} for Kubernetes ${kubernetesVersion}`, signal, async () => {
        const offered: OfferedVersion[] = [];
        const pages = paginateDescribeAddonVersions(
          { client: clients.eks(access).read },
          { addonName: addon, kubernetesVersion },
          { abortSignal: signal },
        );
        for await (const page of pages)
          for (const { addonVersions } of page.addons ?? [])
            for (const { addonVersion, compatibilities } of addonVersions ?? []) {
              const fit = compatibilities?.find((c) => c.clusterVersion === kubernetesVersion);
              if (addonVersion === undefined || fit === undefined) continue;
              offered.push({ version: addonVersion, isDefault: fit.defaultVersion === true });
            }
        return offered;
      }),

    misfits: (blue, { name, version }, signal) =>
      asFailure(addonResource(blue, name), signal, async () => {
        const client = clients.eks(blue.access).read;
        const { configurationValues = '' } = (await find(client, blue.name, name, signal)) ?? {};
        if (configurationValues.trim() === '') return [];
        const { configurationSchema } = await client.send(
          new DescribeAddonConfigurationCommand({ addonName: name, addonVersion: version }),
          { abortSignal: signal },
        );
        return configurationSchema === undefined
          ? null
          : misfitsOf(configurationValues, configurationSchema);
      }),

    installLike: (blue, green, addon, identity, signal) =>
      asFailure(addonResource(green, addon.name), signal, async () => {
        const { read, write } = clients.eks(green.access);
        const present = await find(read, green.name, addon.name, signal);
        if (present?.addonVersion === addon.version) return;
        const blueClient = clients.eks(blue.access).read;
        const model = await find(blueClient, blue.name, addon.name, signal);
        const wanted = {
          clusterName: green.name,
          addonName: addon.name,
          addonVersion: addon.version,
          configurationValues: model?.configurationValues,
          serviceAccountRoleArn: model?.serviceAccountRoleArn,
          podIdentityAssociations: await podIdentities(blueClient, blue.name, model, signal),
          resolveConflicts: 'OVERWRITE' as const,
          clientRequestToken: identity.clientToken,
        };
        const options = { abortSignal: signal };
        if (present !== null) {
          await write.send(new UpdateAddonCommand(wanted), options);
          return;
        }
        const tags = copiedTags(model?.tags, blue.name, identity);
        await write.send(
          new CreateAddonCommand({ ...wanted, tags, namespaceConfig: model?.namespaceConfig }),
          options,
        );
      }),
  };
}

async function find(
  client: EKSClient,
  clusterName: string,
  addonName: string,
  signal: AbortSignal,
): Promise<Addon | null> {
  try {
    const { addon } = await client.send(new DescribeAddonCommand({ clusterName, addonName }), {
      abortSignal: signal,
    });
    return addon ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** An add-on names its Pod Identity associations by ARN only; their roles must be asked for one by one. */
async function podIdentities(
  client: EKSClient,
  clusterName: string,
  addon: Addon | null,
  signal: AbortSignal,
): Promise<AddonPodIdentityAssociations[] | undefined> {
  const arns = addon?.podIdentityAssociations ?? [];
  if (arns.length === 0) return undefined;
  const associations: AddonPodIdentityAssociations[] = [];
  for (const arn of arns) {
    const { association } = await client.send(
      new DescribePodIdentityAssociationCommand({
        clusterName,
        associationId: arn.split('/').at(-1),
      }),
      { abortSignal: signal },
    );
    const { serviceAccount, roleArn } = association ?? {};
    associations.push({ serviceAccount, roleArn });
  }
  return associations;
}

/** A degraded add-on may recover, as CoreDNS does when nodes join; a failed creation or update never does. */
function described(name: string, { status, addonVersion, health }: Addon): AddonDescription {
  return {
    name,
    version: addonVersion ?? '',
    status: status ?? 'UNKNOWN',
    ready: status === 'ACTIVE',
    failed: status?.endsWith('_FAILED') === true,
    issues: issuesOf(health),
  };
}

function addonResource(cluster: ClusterRef, name: string): string {
  return `add-on ${name} of ${clusterResource(cluster)}`;
}

/**
 * DescribeAddonVersions and DescribeAddonConfiguration over the catalogue.
 * Source: docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html
 */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import {
  ADDON_CATALOGUE,
  ADDON_NAMESPACE,
  catalogueAddon,
  configurationSchema,
  type CatalogueAddon,
  type CatalogueVersion,
} from './addon-catalogue.ts';
import { page } from './pages.ts';

export function addonVersionHandlers(): OperationHandlers<typeof sdk> {
  return {
    DescribeAddonVersions: (input) => {
      const addons = ADDON_CATALOGUE.filter(
        ({ name, type, owner }) =>
          (input.addonName === undefined || input.addonName === name) &&
          (input.types === undefined || input.types.includes(type)) &&
          (input.owners === undefined || input.owners.includes(owner)) &&
          (input.publishers === undefined || input.publishers.includes('eks')),
      ).map((addon) => addonInfo(addon, input.kubernetesVersion));
      const { items, nextToken } = page(
        addons.filter(({ addonVersions }) => addonVersions?.length !== 0),
        input,
      );
      return { addons: items, nextToken };
    },

    DescribeAddonConfiguration: ({ addonName, addonVersion }) => {
      const addon = catalogueAddon(addonName);
      if (addon === undefined || !addon.versions.some(({ version }) => version === addonVersion)) {
        throw new AwsError(
          'ResourceNotFoundException',
          `Addon ${addonName} version ${addonVersion} not found`,
        );
      }
      return {
        addonName,
        addonVersion,
        configurationSchema: configurationSchema(addon, addonVersion ?? ''),
        podIdentityConfiguration:
          addon.recommendedPolicies.length === 0
            ? []
            : [
                {
                  serviceAccount: addon.serviceAccount,
                  recommendedManagedPolicies: [...addon.recommendedPolicies],
                },
              ],
      };
    },
  };
}

const addonInfo = (
  addon: CatalogueAddon,
  kubernetesVersion: string | undefined,
): sdk.AddonInfo => ({
  addonName: addon.name,
  type: addon.type,
  owner: addon.owner,
  publisher: 'eks',
  defaultNamespace: ADDON_NAMESPACE,
  addonVersions: addon.versions
    .filter(
      ({ kubernetes }) => kubernetesVersion === undefined || kubernetes.includes(kubernetesVersion),
    )
    .map((version) => versionInfo(addon, version, kubernetesVersion)),
});

const versionInfo = (
  addon: CatalogueAddon,
  { version, kubernetes, defaultFor }: CatalogueVersion,
  kubernetesVersion: string | undefined,
): sdk.AddonVersionInfo => ({
  addonVersion: version,
  architecture: ['amd64', 'arm64'],
  computeTypes: ['ec2'],
  compatibilities: kubernetes
    .filter(
      (clusterVersion) => kubernetesVersion === undefined || clusterVersion === kubernetesVersion,
    )
    .map((clusterVersion) => ({
      clusterVersion,
      platformVersions: ['*'],
      defaultVersion: defaultFor.includes(clusterVersion),
    })),
  requiresConfiguration: false,
  requiresIamPermissions: addon.requiresIamPermissions,
});

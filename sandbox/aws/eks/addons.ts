/**
 * Add-ons: installed, described, updated, deleted. An add-on puts real workloads into the cluster, and their pods decide its
 * health: coredns is DEGRADED until there are nodes for it.
 *
 * A1 While pods may still be starting, the add-on stays CREATING or UPDATING; afterwards each describe asks the cluster.
 * A2 Without `resolveConflicts: OVERWRITE`, an add-on does not replace self-managed workloads of another version.
 * Source: docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
 */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { readAddonConfiguration } from './addon-configuration.ts';
import { requireAddon, withHealth } from './addon-health.ts';
import { install, newAddon, requiredVersion, uninstall } from './addon-lifecycle.ts';
import type { EksState } from './eks-state.ts';
import { page } from './pages.ts';
import { setAddonIdentities } from './pod-identity.ts';
import { openUpdate, replayedUpdate } from './updates.ts';

export function addonHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    CreateAddon: (input) => {
      const { clusterName = '', addonName = '' } = input;
      const record = state.requireActive(clusterName);
      if (state.tokens.isReplay('CreateAddon', input))
        return { addon: requireAddon(record, addonName) };
      if (record.addons.has(addonName)) {
        throw new AwsError('ResourceInUseException', 'Addon already exists.', {
          fields: { clusterName, addonName },
        });
      }
      const { addon: catalogue, version } = requiredVersion(record, addonName, input.addonVersion);
      readAddonConfiguration(catalogue, version, input.configurationValues);
      const addon = newAddon(state, input, version);
      record.addons.set(addonName, addon);
      state.tokens.remember('CreateAddon', input, `${clusterName}/addon/${addonName}`);
      setAddonIdentities(state, record, addon, input.podIdentityAssociations);
      install(state, record, addonName, {
        phase: 'create',
        resolveConflicts: input.resolveConflicts ?? 'NONE',
      });
      return { addon: requireAddon(record, addonName) };
    },

    DescribeAddon: async ({ clusterName, addonName }) => {
      const record = state.require(clusterName);
      return { addon: await withHealth(state, record, requireAddon(record, addonName)) };
    },

    ListAddons: (input) => {
      const { items, nextToken } = page(
        [...state.require(input.clusterName).addons.keys()].sort(),
        input,
      );
      return { addons: items, nextToken };
    },

    UpdateAddon: (input) => {
      const { clusterName = '', addonName = '' } = input;
      const record = state.requireActive(clusterName);
      const replayed = replayedUpdate(state, record, 'UpdateAddon', input);
      if (replayed !== undefined) return { update: replayed };
      const addon = requireAddon(record, addonName);
      if (addon.status === 'CREATE_FAILED') {
        const what = `Addon ${addonName} is in CREATE_FAILED status and cannot be updated`;
        throw new AwsError('InvalidRequestException', what, { fields: { clusterName, addonName } });
      }
      if (addon.status !== 'ACTIVE' && addon.status !== 'UPDATE_FAILED') {
        throw new AwsError('ResourceInUseException', `Addon ${addonName} is ${addon.status}`, {
          fields: { clusterName, addonName },
        });
      }
      const { addon: catalogue, version } = requiredVersion(
        record,
        addonName,
        input.addonVersion ?? addon.addonVersion,
      );
      readAddonConfiguration(catalogue, version, input.configurationValues);
      const update = openUpdate(
        state,
        record,
        'AddonUpdate',
        [
          { type: 'AddonVersion', value: version },
          { type: 'ResolveConflicts', value: input.resolveConflicts ?? 'NONE' },
        ],
        { addonName },
      );
      record.addons.set(addonName, {
        ...addon,
        status: 'UPDATING',
        configurationValues: input.configurationValues ?? addon.configurationValues,
        serviceAccountRoleArn: input.serviceAccountRoleArn ?? addon.serviceAccountRoleArn,
      });
      setAddonIdentities(state, record, addon, input.podIdentityAssociations);
      state.tokens.remember('UpdateAddon', input, update.id ?? '');
      install(state, record, addonName, { phase: 'update', version, updateId: update.id ?? '' });
      return { update };
    },

    DeleteAddon: ({ clusterName, addonName, preserve }) => {
      const record = state.require(clusterName);
      const addon = requireAddon(record, addonName);
      if (addon.status === 'DELETING') return { addon };
      uninstall(state, record, addonName ?? '', preserve ?? false);
      return { addon: requireAddon(record, addonName) };
    },
  };
}

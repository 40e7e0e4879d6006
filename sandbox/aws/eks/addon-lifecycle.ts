/** What happens behind CreateAddon, UpdateAddon and DeleteAddon: checks against the catalogue, and the three transitions. */
import type { Addon, CreateAddonCommandInput, ResolveConflicts } from '@aws-sdk/client-eks';
import { AddonIssueCode } from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import { catalogueAddon, defaultAddonVersion, type CatalogueAddon } from './addon-catalogue.ts';
import { readAddonConfiguration } from './addon-configuration.ts';
import { addonIssue, requireAddon } from './addon-health.ts';
import { addonManifests } from './addon-workloads.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { knownCode } from './known-code.ts';
import { removeAddonIdentities } from './pod-identity.ts';
import { closeUpdate } from './updates.ts';

const HEALTH_POLL_MS = 250;

export type Installation =
  | { readonly phase: 'create'; readonly resolveConflicts: ResolveConflicts }
  | { readonly phase: 'update'; readonly version: string; readonly updateId: string };

/** The catalogue's entry and the version to install; throws `InvalidParameterException` for what does not fit the cluster. */
export function requiredVersion(
  record: ClusterRecord,
  addonName: string,
  version: string | undefined,
): { addon: CatalogueAddon; version: string } {
  const kubernetesVersion = record.cluster.version ?? '';
  const fields = { clusterName: record.cluster.name, addonName };
  const addon = catalogueAddon(addonName);
  if (addon === undefined) {
    const what = `Addon ${addonName} specified is not supported in ${kubernetesVersion} kubernetes version`;
    throw new AwsError('InvalidParameterException', what, { fields });
  }
  const wanted = version ?? defaultAddonVersion(addon, kubernetesVersion);
  const known = addon.versions.find((candidate) => candidate.version === wanted);
  if (known === undefined || !known.kubernetes.includes(kubernetesVersion)) {
    const what = `Addon version specified is not supported: ${addonName} ${wanted} on Kubernetes ${kubernetesVersion}`;
    throw new AwsError('InvalidParameterException', what, { fields });
  }
  return { addon, version: known.version };
}

export function newAddon(
  state: EksState,
  input: CreateAddonCommandInput,
  addonVersion: string,
): Addon {
  const { clusterName = '', addonName = '' } = input;
  return {
    addonName,
    clusterName,
    status: 'CREATING',
    addonVersion,
    health: { issues: [] },
    addonArn: state.arn(
      'addon',
      `${clusterName}/${addonName}/${state.parts.account.random.uuid()}`,
    ),
    createdAt: state.now(),
    modifiedAt: state.now(),
    serviceAccountRoleArn: input.serviceAccountRoleArn,
    tags: { ...input.tags },
    publisher: 'eks',
    owner: catalogueAddon(addonName)?.owner,
    configurationValues: input.configurationValues,
    podIdentityAssociations: [],
  };
}

/** Applies the workloads and waits for their pods, within the grace period. */
export function install(
  state: EksState,
  record: ClusterRecord,
  name: string,
  installation: Installation,
): void {
  const creating = installation.phase === 'create';
  const fail = (code: string, message: string): void => {
    const issue = {
      code: knownCode(AddonIssueCode, code, 'InternalFailure'),
      message,
      resourceIds: [],
    };
    change(record, name, {
      status: creating ? 'CREATE_FAILED' : 'UPDATE_FAILED',
      health: { issues: [issue] },
    });
    if (!creating) closeUpdate(record, installation.updateId, { code, message });
  };

  state.play(
    { kind: creating ? 'addon-create' : 'addon-update', cluster: record.cluster.name ?? '', name },
    creating ? 'addonCreate' : 'addonUpdate',
    async () => {
      const addon = catalogueAddon(name);
      const current = requireAddon(record, name);
      const version = creating ? (current.addonVersion ?? '') : installation.version;
      if (addon === undefined) return;
      if (
        creating &&
        installation.resolveConflicts === 'NONE' &&
        conflicts(record, addon, version)
      ) {
        fail(
          'ConfigurationConflict',
          'Conflicts found when trying to apply. Will not continue due to resolve conflicts mode.',
        );
        return;
      }
      const replicas = readAddonConfiguration(addon, version, current.configurationValues);
      await state.parts.backend.apply(
        record.cluster.name ?? '',
        addonManifests(addon, version, replicas, record),
      );
      record.selfManagedAddons.delete(name);
      change(record, name, { addonVersion: version, modifiedAt: state.now() });
      settle(
        state,
        record,
        name,
        installation,
        state.now().getTime() + state.parts.account.physics.delayMs('addonPods'),
      );
    },
    fail,
  );
}

/** Ends the transition when the pods are up, or when the grace period is over: then describing tells the degradation. */
function settle(
  state: EksState,
  record: ClusterRecord,
  name: string,
  installation: Installation,
  deadlineMs: number,
): void {
  state.parts.account.clock.after(HEALTH_POLL_MS, async () => {
    if (!record.addons.has(name) || record.cluster.status === 'DELETING') return;
    const issue = await addonIssue(state, record, name);
    if (!record.addons.has(name)) return;
    if (issue !== undefined && state.now().getTime() < deadlineMs) {
      settle(state, record, name, installation, deadlineMs);
      return;
    }
    change(record, name, { status: 'ACTIVE', health: { issues: [] } });
    if (installation.phase === 'update') closeUpdate(record, installation.updateId);
  });
}

export function uninstall(
  state: EksState,
  record: ClusterRecord,
  name: string,
  preserve: boolean,
): void {
  const { name: cluster = '' } = record.cluster;
  change(record, name, { status: 'DELETING' });
  state.play(
    { kind: 'addon-delete', cluster, name },
    'addonDelete',
    async () => {
      const addon = catalogueAddon(name);
      const { addonVersion = '', addonArn = '' } = requireAddon(record, name);
      if (preserve) record.selfManagedAddons.add(name);
      else if (addon !== undefined)
        await state.parts.backend.remove(cluster, addonManifests(addon, addonVersion));
      removeAddonIdentities(record, addonArn);
      record.addons.delete(name);
      state.tokens.forget(`${cluster}/addon/${name}`);
    },
    (code, message) => {
      const issue = {
        code: knownCode(AddonIssueCode, code, 'InternalFailure'),
        message,
        resourceIds: [],
      };
      change(record, name, { status: 'DELETE_FAILED', health: { issues: [issue] } });
    },
  );
}

/** Self-managed workloads at another version than the add-on's. */
const conflicts = (record: ClusterRecord, addon: CatalogueAddon, version: string): boolean =>
  record.selfManagedAddons.has(addon.name) &&
  defaultAddonVersion(addon, record.cluster.version ?? '') !== version;

function change(record: ClusterRecord, name: string, changed: Partial<Addon>): void {
  record.addons.set(name, { ...requireAddon(record, name), ...changed });
}

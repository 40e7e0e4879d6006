/**
 * Pod Identity associations, made directly or as part of an add-on. List answers are summaries without the role: describe each.
 * Source: docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
 */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';
import { ADDON_NAMESPACE } from './addon-catalogue.ts';
import { page } from './pages.ts';

/** Per cluster, not adjustable: docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const ASSOCIATION_QUOTA = 1_000;

export function podIdentityHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    CreatePodIdentityAssociation: (input) => {
      const record = state.requireActive(input.clusterName);
      if (state.tokens.isReplay('CreatePodIdentityAssociation', input)) {
        return {
          association: requireAssociation(
            record,
            state.tokens.subjectOf('CreatePodIdentityAssociation', input.clientRequestToken),
          ),
        };
      }
      const association = associate(state, record, input);
      state.tokens.remember('CreatePodIdentityAssociation', input, association.associationId ?? '');
      return { association };
    },

    DescribePodIdentityAssociation: ({ clusterName, associationId }) => ({
      association: requireAssociation(state.require(clusterName), associationId),
    }),

    ListPodIdentityAssociations: (input) => {
      const associations = [...state.require(input.clusterName).podIdentities.values()].filter(
        ({ namespace, serviceAccount }) =>
          (input.namespace === undefined || input.namespace === namespace) &&
          (input.serviceAccount === undefined || input.serviceAccount === serviceAccount),
      );
      const { items, nextToken } = page(associations, input);
      return { associations: items.map(summaryOf), nextToken };
    },

    DeletePodIdentityAssociation: ({ clusterName, associationId = '' }) => {
      const record = state.require(clusterName);
      const association = requireAssociation(record, associationId);
      record.podIdentities.delete(associationId);
      state.tokens.forget(associationId);
      return { association };
    },
  };
}

/** Makes the associations that an add-on is to own exactly these; undefined leaves them, an empty list removes them. */
export function setAddonIdentities(
  state: EksState,
  record: ClusterRecord,
  addon: sdk.Addon,
  wanted: readonly sdk.AddonPodIdentityAssociations[] | undefined,
): void {
  if (wanted === undefined) return;
  const { addonName = '', addonArn = '', clusterName } = addon;
  removeAddonIdentities(record, addonArn);
  const owned = wanted.map(({ serviceAccount, roleArn }) =>
    associate(
      state,
      record,
      { clusterName, namespace: ADDON_NAMESPACE, serviceAccount, roleArn },
      addonArn,
    ),
  );
  const current = record.addons.get(addonName);
  const podIdentityAssociations = owned.map(({ associationArn = '' }) => associationArn);
  if (current !== undefined) record.addons.set(addonName, { ...current, podIdentityAssociations });
}

export function removeAddonIdentities(record: ClusterRecord, addonArn: string): void {
  for (const [id, { ownerArn }] of record.podIdentities)
    if (ownerArn === addonArn) record.podIdentities.delete(id);
}

function associate(
  state: EksState,
  record: ClusterRecord,
  input: sdk.CreatePodIdentityAssociationCommandInput,
  ownerArn?: string,
): sdk.PodIdentityAssociation {
  const { clusterName = '', namespace, serviceAccount, roleArn = '' } = input;
  const taken = [...record.podIdentities.values()].some(
    (known) => known.namespace === namespace && known.serviceAccount === serviceAccount,
  );
  if (taken) {
    const what = `Association already exists: ${namespace}/${serviceAccount}`;
    throw new AwsError('ResourceInUseException', what, { fields: { clusterName } });
  }
  if (record.podIdentities.size >= ASSOCIATION_QUOTA) {
    throw new AwsError(
      'ResourceLimitExceededException',
      `Pod identity associations limit exceeded: ${ASSOCIATION_QUOTA}`,
    );
  }
  if (state.parts.account.iam.roleInUse(roleArn) === undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `Role provided in the request does not exist: ${roleArn}`,
    );
  }
  const associationId = `a-${state.parts.account.random.hex(17)}`;
  const association: sdk.PodIdentityAssociation = {
    clusterName,
    namespace,
    serviceAccount,
    roleArn,
    associationArn: state.arn('podidentityassociation', `${clusterName}/${associationId}`),
    associationId,
    tags: { ...input.tags },
    createdAt: state.now(),
    modifiedAt: state.now(),
    ownerArn,
    disableSessionTags: input.disableSessionTags ?? false,
    targetRoleArn: input.targetRoleArn,
  };
  record.podIdentities.set(associationId, association);
  return association;
}

function requireAssociation(
  record: ClusterRecord,
  id: string | undefined,
): sdk.PodIdentityAssociation {
  const association = record.podIdentities.get(id ?? '');
  if (association === undefined) {
    throw new AwsError('ResourceNotFoundException', `No association found with id: ${id}`);
  }
  return association;
}

const summaryOf = (association: sdk.PodIdentityAssociation): sdk.PodIdentityAssociationSummary => ({
  clusterName: association.clusterName,
  namespace: association.namespace,
  serviceAccount: association.serviceAccount,
  associationArn: association.associationArn,
  associationId: association.associationId,
  ownerArn: association.ownerArn,
});

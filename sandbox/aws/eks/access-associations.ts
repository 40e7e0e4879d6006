/** Access policies of an entry: associated, listed, taken away; each association is granted in the cluster as RBAC. */
import type * as sdk from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import { requireApiMode, requireEntry } from './access-entries.ts';
import { ACCESS_POLICIES, policyManifests } from './access-policies.ts';
import type { EksState } from './eks-state.ts';
import { page } from './pages.ts';

export function accessAssociationHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    AssociateAccessPolicy: async ({
      clusterName = '',
      principalArn = '',
      policyArn = '',
      accessScope = {},
    }) => {
      const record = requireApiMode(state.requireActive(clusterName));
      const { entry, policies } = requireEntry(record, principalArn);
      if (!ACCESS_POLICIES.some(({ arn }) => arn === policyArn)) {
        throw new AwsError(
          'InvalidParameterException',
          `The policyArn parameter is not valid: ${policyArn}`,
        );
      }
      if (entry.type !== 'STANDARD') {
        const what = `Access policies cannot be associated with entries of type ${entry.type}`;
        throw new AwsError('InvalidRequestException', what, { fields: { clusterName } });
      }
      if (accessScope.type === 'namespace' && (accessScope.namespaces ?? []).length === 0) {
        throw new AwsError(
          'InvalidParameterException',
          'Namespaces are required for an access scope of type namespace',
        );
      }
      const earlier = policies.get(policyArn);
      if (earlier !== undefined) {
        await state.parts.backend.remove(
          clusterName,
          policyManifests(principalArn, policyArn, earlier.accessScope ?? {}),
        );
      }
      await state.parts.backend.apply(
        clusterName,
        policyManifests(principalArn, policyArn, accessScope),
      );
      const associated: sdk.AssociatedAccessPolicy = {
        policyArn,
        accessScope: { type: accessScope.type, namespaces: accessScope.namespaces ?? [] },
        associatedAt: earlier?.associatedAt ?? state.now(),
        modifiedAt: state.now(),
      };
      record.access.set(principalArn, {
        entry,
        policies: new Map(policies).set(policyArn, associated),
      });
      return { clusterName, principalArn, associatedAccessPolicy: associated };
    },

    DisassociateAccessPolicy: async ({ clusterName = '', principalArn = '', policyArn = '' }) => {
      const record = requireApiMode(state.requireActive(clusterName));
      const { entry, policies } = requireEntry(record, principalArn);
      const associated = policies.get(policyArn);
      if (associated === undefined) {
        throw new AwsError(
          'ResourceNotFoundException',
          `The policy is not associated: ${policyArn}`,
        );
      }
      await state.parts.backend.remove(
        clusterName,
        policyManifests(principalArn, policyArn, associated.accessScope ?? {}),
      );
      const left = new Map(policies);
      left.delete(policyArn);
      record.access.set(principalArn, { entry, policies: left });
      return {};
    },

    ListAssociatedAccessPolicies: (input) => {
      const record = requireApiMode(state.require(input.clusterName));
      const { policies } = requireEntry(record, input.principalArn);
      const { items, nextToken } = page([...policies.values()], input);
      return {
        clusterName: input.clusterName,
        principalArn: input.principalArn,
        associatedAccessPolicies: items,
        nextToken,
      };
    },

    ListAccessPolicies: (input) => {
      const { items, nextToken } = page(ACCESS_POLICIES, input);
      return { accessPolicies: items, nextToken };
    },
  };
}

/**
 * Updates: the records that DescribeUpdate answers, and the rule that a resource has one update at a time.
 * Source: docs.aws.amazon.com/eks/latest/APIReference/API_DescribeUpdate.html
 */
import type * as sdk from '@aws-sdk/client-eks';
import { ErrorCode } from '@aws-sdk/client-eks';
import { AwsError } from '../core/aws-error.ts';
import type { OperationHandlers } from '../core/operation-handlers.ts';
import type { ClusterRecord, EksState, UpdateRecord } from './eks-state.ts';
import { knownCode } from './known-code.ts';
import { page } from './pages.ts';

export type UpdateSubject = Omit<UpdateRecord, 'update'>;

/** Records a new update in progress. */
export function openUpdate(
  state: EksState,
  record: ClusterRecord,
  type: sdk.UpdateType,
  params: readonly sdk.UpdateParam[],
  subject: UpdateSubject = {},
): sdk.Update {
  const id = state.parts.account.random.uuid();
  const update: sdk.Update = {
    id,
    status: 'InProgress',
    type,
    params: [...params],
    createdAt: state.now(),
    errors: [],
  };
  record.updates.set(id, { update, ...subject });
  return update;
}

export function closeUpdate(
  record: ClusterRecord,
  id: string | undefined,
  error?: { code: string; message: string },
): void {
  const known = record.updates.get(id ?? '');
  if (known === undefined || id === undefined) return;
  const errors =
    error === undefined
      ? []
      : [
          {
            errorCode: knownCode(ErrorCode, error.code, 'Unknown'),
            errorMessage: error.message,
            resourceIds: [],
          },
        ];
  const status = error === undefined ? 'Successful' : 'Failed';
  record.updates.set(id, { ...known, update: { ...known.update, status, errors } });
}

/** What the first request with this token was answered, as the update stands now; undefined for new requests. */
export function replayedUpdate(
  state: EksState,
  record: ClusterRecord,
  operation: string,
  input: { readonly clientRequestToken?: string | undefined },
): sdk.Update | undefined {
  if (!state.tokens.isReplay(operation, input)) return undefined;
  return record.updates.get(state.tokens.subjectOf(operation, input.clientRequestToken) ?? '')
    ?.update;
}

export function updateHandlers(state: EksState): OperationHandlers<typeof sdk> {
  return {
    DescribeUpdate: ({ name, updateId, nodegroupName, addonName }) => {
      const known = state.require(name).updates.get(updateId ?? '');
      if (
        known === undefined ||
        known.nodegroupName !== nodegroupName ||
        known.addonName !== addonName
      ) {
        throw new AwsError('ResourceNotFoundException', `No update found for ID: ${updateId}`);
      }
      return { update: known.update };
    },

    ListUpdates: (input) => {
      const updates = [...state.require(input.name).updates.values()].filter(
        ({ nodegroupName, addonName }) =>
          nodegroupName === input.nodegroupName && addonName === input.addonName,
      );
      const { items, nextToken } = page(updates, input);
      return { updateIds: items.map(({ update }) => update.id ?? ''), nextToken };
    },
  };
}

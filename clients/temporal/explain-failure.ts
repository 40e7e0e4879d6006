import { NamespaceNotFoundError } from '@temporalio/common';
import {
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ClientError, MigrationNotFoundError, TemporalUnreachableError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { TemporalAccess } from './connect.ts';
import { GRPC, grpcCodeOf, grpcDetailsOf } from './grpc-codes.ts';

/**
 * Turns whatever the Temporal client threw into an error a person can act on; our own errors pass unchanged. `doing`
 * completes "Temporal refused to …".
 */
export function explainFailure(
  access: Pick<TemporalAccess, 'address' | 'namespace'>,
  doing: string,
  cause: unknown,
): Error {
  if (cause instanceof ClientError) return cause;
  if (cause instanceof NamespaceNotFoundError)
    return new ClientError(`Temporal at ${access.address} has no namespace "${cause.namespace}"`, {
      next: 'set TEMPORAL_NAMESPACE, or create it with `temporal operator namespace create`',
      cause,
    });
  if (cause instanceof WorkflowNotFoundError)
    return new MigrationNotFoundError(
      cause.workflowId,
      `there is no migration ${cause.workflowId} in namespace ${access.namespace}`,
    );
  if (cause instanceof WorkflowUpdateFailedError || cause instanceof QueryNotRegisteredError)
    return new ClientError(
      `the worker could not ${doing}: ${cause.cause instanceof Error ? cause.cause.message : cause.message}`,
      { next: 'the worker may be older than this command: run the same version of both', cause },
    );
  const code = grpcCodeOf(cause);
  if (code === undefined) return cause instanceof Error ? cause : new Error(String(cause));
  if (code === GRPC.unavailable)
    return new TemporalUnreachableError(access.address, grpcDetailsOf(cause), cause);
  if (code === GRPC.deadlineExceeded || code === GRPC.cancelled)
    return new TemporalUnreachableError(
      access.address,
      `it did not answer in time to ${doing}`,
      cause,
      EXIT.timedOut,
    );
  return new ClientError(`Temporal refused to ${doing}: ${grpcDetailsOf(cause)}`, {
    next: '`cutover doctor` checks the namespace, its search attributes and the workers',
    cause,
  });
}

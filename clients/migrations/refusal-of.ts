import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { ClientError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';

/** An activity that failed for good says what is wrong and what to do; null for any other end of a workflow. */
export function refusalOf(what: string, cause: unknown): ClientError | null {
  if (!(cause instanceof WorkflowFailedError) || !(cause.cause instanceof ActivityFailure))
    return null;
  const { cause: failure } = cause.cause;
  if (!(failure instanceof ApplicationFailure)) return null;
  return new ClientError(`${what}: ${failure.message}`, {
    exitCode: EXIT.error,
    next: `docs/failures.md has a section on ${failure.type ?? 'it'}`,
    cause,
  });
}

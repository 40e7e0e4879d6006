import { ActivityFailure, ApplicationFailure } from '@temporalio/common';

/** One sentence for people out of whatever ended the story: the failure's type and its own message, no stack. */
export function failureReason(cause: unknown): string {
  if (cause instanceof ActivityFailure)
    return `${cause.activityType}: ${failureReason(cause.cause)}`;
  if (cause instanceof ApplicationFailure) return `${cause.type ?? 'failure'}: ${cause.message}`;
  return cause instanceof Error ? cause.message : String(cause);
}

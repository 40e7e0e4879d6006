import { ApplicationFailureCategory } from '@temporalio/common';
import {
  ApplicationFailure,
  CancelledFailure,
  cancellationSignal,
  CompleteAsyncError,
} from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { CutoverFailure } from '#domain/failures.ts';

/**
 * The one place where failures become Temporal's: the type is the failure table's name, `waiting` is BENIGN (a
 * poll, not an error) and asks for its own delay. Never marked non-retryable here: whether a type ends an activity
 * is the proxy's decision, because an undo goes on where a forward step stops.
 */
export const failureInterceptor: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (cause) {
      throw asApplicationFailure(cause);
    }
  },
};

/** Whatever the activity waited for was aborted because the activity is cancelled; the SDK reports that as a cancellation. */
function isOwnAbort(cause: unknown): boolean {
  // By its name: Node makes it, and its `Error` may be another than ours.
  const isAbort =
    typeof cause === 'object' && cause !== null && Reflect.get(cause, 'name') === 'AbortError';
  return isAbort && cancellationSignal().aborted;
}

/** Temporal's form of whatever an activity threw. */
function asApplicationFailure(cause: unknown): unknown {
  if (
    cause instanceof ApplicationFailure ||
    cause instanceof CancelledFailure ||
    cause instanceof CompleteAsyncError ||
    isOwnAbort(cause)
  )
    return cause;
  if (cause instanceof CutoverFailure)
    return ApplicationFailure.create({
      type: cause.type,
      message: cause.message,
      ...(cause.retryAfterSeconds === undefined
        ? {}
        : { nextRetryDelay: cause.retryAfterSeconds * 1000 }),
      ...(cause.type === 'waiting' ? { category: ApplicationFailureCategory.BENIGN } : {}),
    });
  const message = cause instanceof Error ? cause.message : String(cause);
  return ApplicationFailure.create({
    type: 'internal',
    message,
    ...(cause instanceof Error ? { cause } : {}),
  });
}

import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import { CutoverFailure } from '#domain/failures.ts';
import { failureInterceptor } from '#workers/failure-interceptor.ts';

/** What Temporal would be told of an activity that throws this. */
async function told(cause: unknown): Promise<unknown> {
  const throwing = (): Promise<unknown> =>
    Promise.reject(cause instanceof Error ? cause : new Error('not an error'));
  return failureInterceptor.execute?.({ args: [], headers: {} }, throwing).then(
    () => undefined,
    (failure: unknown) => failure,
  );
}

describe('a failure on its way to Temporal', () => {
  it('is named by the failure table and carries resource and next move', async () => {
    const failure = await told(
      new CutoverFailure('access-denied', 'not allowed to describe', { resource: 'arn:x' }),
    );

    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'access-denied', nonRetryable: false });
    expect(String(failure)).toContain('[arn:x]; next:');
  });

  it('is no error but a poll when something is waited for, and says when to ask again', async () => {
    const failure = await told(
      new CutoverFailure('waiting', 'still CREATING', { resource: 'green', retryAfterSeconds: 5 }),
    );

    expect(failure).toMatchObject({
      type: 'waiting',
      nextRetryDelay: 5000,
      category: ApplicationFailureCategory.BENIGN,
    });
  });

  it('is internal when nobody knows it, whatever it is', async () => {
    expect(await told(new TypeError('x is not a function'))).toMatchObject({ type: 'internal' });
  });

  it('stays a cancellation when it is one', async () => {
    const cancelled = new CancelledFailure('stop');

    expect(await told(cancelled)).toBe(cancelled);
  });
});

import { CutoverFailure } from '#domain/failures.ts';

/** Does the work, or fails `capsule-not-written` with why; an aborted signal's own reason passes. */
export async function orNotWritten(
  resource: string,
  whyOf: (cause: unknown) => string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (cause) {
    signal.throwIfAborted();
    throw new CutoverFailure('capsule-not-written', whyOf(cause), { resource, cause });
  }
}

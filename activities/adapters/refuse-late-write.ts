import { CutoverFailure } from '#domain/failures.ts';
import type { Clock } from '#activities/ports/clock.ts';

/**
 * Fails `late-write` once `deadlineMs` (epoch milliseconds) is over. Every router asks it last before a write of weights, so that a
 * slow read cannot carry it past its time (I6).
 */
export function refuseLateWrite(
  { clock }: { readonly clock: Pick<Clock, 'nowMs'> },
  resource: string,
  what: string,
  deadlineMs: number,
): void {
  if (clock.nowMs() > deadlineMs)
    throw new CutoverFailure('late-write', `${what} came too late`, { resource });
}

import { CutoverFailure } from './failures.ts';

/** The refusal, where `cause` is one of access: an answer, for whoever can do without. Anything else is thrown on. */
export function refusalOf(cause: unknown): CutoverFailure {
  if (cause instanceof CutoverFailure && cause.type === 'access-denied') return cause;
  throw cause;
}

import { assertNever } from '#domain/assert-never.ts';
import type { OutcomeName } from '#domain/migration/migration-state.ts';

/**
 * What the command line says to a shell. The numbers are a promise to scripts: they never change their meaning.
 */
export const EXIT = {
  /** Done; or accepted, where nobody asked to wait. */
  done: 0,
  /** Failed or refused; stderr says why. */
  error: 1,
  /** Done, with something to look at. */
  warnings: 2,
  /** Preflight or the judge said no. */
  blocked: 3,
  /** Everything is back on blue. */
  rolledBack: 4,
  /** A gate waits for a person. */
  waiting: 5,
  /** The time is over, nobody could answer, or there was no data to judge. */
  timedOut: 6,
  /** Neither side is proven able; people decide. */
  halted: 7,
  /** A person rejected or aborted. */
  rejected: 8,
  /** Wrong usage, a wrong plan included. */
  usage: 64,
  /** Interrupted by Ctrl-C while waiting: the migration goes on (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of a migration that has ended. */
export function exitCodeOfOutcome(outcome: OutcomeName): ExitCode {
  switch (outcome) {
    case 'completed':
      return EXIT.done;
    case 'rolled-back':
      return EXIT.rolledBack;
    case 'rejected':
    case 'aborted':
      return EXIT.rejected;
    case 'blocked':
      return EXIT.blocked;
    default:
      return assertNever(outcome);
  }
}

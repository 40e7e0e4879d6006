import type { Answer } from './messages.ts';
import type { MigrationState } from './migration-state.ts';

/** What a message does: the next state and what its sender is told. A refusal leaves the state as it is. */
export interface Reduced {
  readonly state: MigrationState;
  readonly answer: Answer;
  /** For the record of the decision: what it changed, a sentence each. */
  readonly diff?: readonly string[];
}

export function accept(state: MigrationState, message: string): Reduced {
  return { state, answer: { accepted: true, message } };
}

export function refuse(state: MigrationState, message: string): Reduced {
  return { state, answer: { accepted: false, message } };
}

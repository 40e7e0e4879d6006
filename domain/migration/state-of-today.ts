import type { MigrationState } from './migration-state.ts';

/**
 * What a run carries over a checkpoint, as this version reads it (I12): the execution before may have been of another version.
 * Rules: a field that came later is optional, and absent means what it meant before; a change that this cannot say gets the next
 * number of `schema`, and its up-cast here. Nothing is ever cast down: a state of a later version waits for a worker of that version.
 */
export type CarriedState = Omit<MigrationState, 'schema'> & { readonly schema: number };

/** Throws an `Error`, which fails the workflow task and not the run: it goes on as soon as a worker can read it. */
export function stateOfToday({ schema, ...state }: CarriedState): MigrationState {
  switch (schema) {
    case 1:
      return { ...state, schema };
    default:
      throw new Error(
        `the state of ${state.workflowId} has schema ${schema}, and this worker reads 1: a later version of Cutover wrote it; next: start a worker of that version or a later one`,
      );
  }
}

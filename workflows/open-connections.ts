import { patched } from '@temporalio/workflow';
import { intend } from '#domain/migration/effects.ts';
import type { MigrationState } from '#domain/migration/migration-state.ts';

/** From green's first user on, connections may be open on it that outlive every weight: a rollback sheds them. */
export function withOpenConnections(state: MigrationState, at: string): MigrationState {
  return patched('shed-green') ? intend(state, 'green-connections', at) : state;
}

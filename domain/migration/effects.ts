import type { EffectKey, EffectRecord, MigrationState } from './migration-state.ts';

/** Before the effect: from now on a rollback undoes it, whether or not we ever hear that it happened (I9). */
export function intend(state: MigrationState, key: EffectKey, at: string): MigrationState {
  const before = state.effects[key];
  if (before !== undefined && before.undoneAt === null) return state;
  return withEffect(state, key, { intendedAt: at, doneAt: null, undoneAt: null });
}

/** After the effect: the fact. */
export function done(state: MigrationState, key: EffectKey, at: string): MigrationState {
  return withEffect(state, key, { ...recordOf(state, key, at), doneAt: at });
}

/** After its undo. */
export function undone(state: MigrationState, key: EffectKey, at: string): MigrationState {
  return withEffect(state, key, { ...recordOf(state, key, at), undoneAt: at });
}

/** Is the effect a fact, whatever became of it later? */
export function isDone(state: MigrationState, key: EffectKey): boolean {
  return (state.effects[key]?.doneAt ?? null) !== null;
}

/** Must a rollback undo this? Yes from the intention on, until the undo is a fact. */
export function isStanding(state: MigrationState, key: EffectKey): boolean {
  const record = state.effects[key];
  return record !== undefined && record.undoneAt === null;
}

function recordOf(state: MigrationState, key: EffectKey, at: string): EffectRecord {
  return state.effects[key] ?? { intendedAt: at, doneAt: null, undoneAt: null };
}

function withEffect(state: MigrationState, key: EffectKey, record: EffectRecord): MigrationState {
  return { ...state, effects: { ...state.effects, [key]: record } };
}

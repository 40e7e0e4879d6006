import type { MigrationState } from '#domain/migration/migration-state.ts';

/**
 * Time counts as bake or soak only while a guard saw something fresh (I4), and the guard says so afterwards: one that was away tells
 * for how long when it is back. So time that was counted is not settled before the guard has been found at its work since.
 */

/** Was the guard found at its work, with nothing left to tell of the time before? */
export type GuardPresence = 'there' | 'away';

/** Time that was counted since the guard was last found at its work. */
export interface UnheardTime {
  readonly countedSeconds: number;
  /** When the newest of it ended, epoch milliseconds. */
  readonly untilMs: number;
  /** How much of it the guard has said since that nobody watched: to be baked or soaked once more. */
  readonly owedSeconds: number;
  /** Nothing goes on before it is settled: how often the run has waited for that by now. Absent: not yet. */
  readonly timesAwaited?: number;
}

/** Time was counted as bake or soak. */
export function withCounted(
  state: MigrationState,
  seconds: number,
  untilMs: number,
): MigrationState {
  const { countedSeconds = 0, owedSeconds = 0 } = state.unheard ?? {};
  return { ...state, unheard: { countedSeconds: countedSeconds + seconds, untilMs, owedSeconds } };
}

/** Nobody watched for `seconds`, says a guard at `atMs`. What of it lies in time that was counted is owed. */
export function withGap(state: MigrationState, seconds: number, atMs: number): MigrationState {
  const unwatchedSeconds = (state.unwatchedSeconds ?? 0) + seconds;
  const { unheard } = state;
  if (unheard === undefined) return { ...state, unwatchedSeconds };
  const fromMs = atMs - seconds * 1000;
  const overlapSeconds = Math.max(0, (unheard.untilMs - fromMs) / 1000);
  return { ...state, unwatchedSeconds, unheard: owing(unheard, overlapSeconds) };
}

/** A guard ended without a word: whatever was counted since it was last found at its work is owed. */
export function withGuardLost(state: MigrationState): MigrationState {
  const { unheard } = state;
  if (unheard === undefined) return state;
  return { ...state, unheard: owing(unheard, unheard.countedSeconds) };
}

/** Seconds that were owed were baked or soaked, and counted, once more: they stand for the ones that nobody watched. */
export function withPaid(state: MigrationState, seconds: number): MigrationState {
  const { unheard } = state;
  if (unheard === undefined) return state;
  const { untilMs } = unheard;
  const countedSeconds = Math.max(0, unheard.countedSeconds - seconds);
  const owedSeconds = Math.max(0, unheard.owedSeconds - seconds);
  return { ...state, unheard: { countedSeconds, untilMs, owedSeconds } };
}

/** The run waits, once more, until it is settled. */
export function withAwaited(state: MigrationState): MigrationState {
  const { unheard } = state;
  if (unheard === undefined) return state;
  const timesAwaited = (unheard.timesAwaited ?? 0) + 1;
  return { ...state, unheard: { ...unheard, timesAwaited } };
}

/** The guard was found at its work: what was counted is settled. */
export function withHeard(state: MigrationState): MigrationState {
  const { unheard: _, ...settled } = state;
  return settled;
}

/** Never more than was counted. */
function owing(unheard: UnheardTime, seconds: number): UnheardTime {
  const owedSeconds = Math.min(unheard.countedSeconds, unheard.owedSeconds + seconds);
  return { ...unheard, owedSeconds };
}

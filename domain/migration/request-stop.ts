import { clip } from './bounds.ts';
import type { StopRequest } from './messages.ts';
import type { MigrationState } from './migration-state.ts';
import { accept, refuse, type Reduced } from './reduced.ts';

/** A stop's reason as kept in the state; in plain letters all that a message may hold. */
const REASON_BYTES = 2_000;

/**
 * Records a wish to end the story (I1). Refused after commit. The first wish counts, with its reason; a later one can
 * add force, and an abort turns a rollback into an abort (both bring traffic back; the outcome's name differs). Called
 * for people's messages, the guard, gates' expiry and failures.
 */
export function requestStop(state: MigrationState, request: StopRequest): Reduced {
  if (state.outcome !== null) return refuse(state, `the migration has ended: ${state.outcome}`);
  if (state.committed !== null)
    return refuse(
      state,
      `refused: the migration committed at ${state.committed.at}; blue is being removed and the way back is gone`,
    );
  if (state.stop === null) {
    const stop = { ...request, reason: clip(request.reason, REASON_BYTES) };
    return accept(
      { ...state, stop, paused: null, halted: null },
      'all new requests go back to blue',
    );
  }
  const stop = strengthened(state.stop, request);
  // An abort answers a halt as `resume` does, by asking again whether blue is able; force does not ask.
  const halted = request.force || request.kind === 'abort' ? null : state.halted;
  const changed = stop !== state.stop || halted !== state.halted;
  return accept(changed ? { ...state, stop, halted } : state, 'a rollback is under way already');
}

/** The earlier wish with what the later one adds; the very same object when that is nothing. */
function strengthened(earlier: StopRequest, later: StopRequest): StopRequest {
  const kind = later.kind === 'abort' && earlier.kind === 'rollback' ? 'abort' : earlier.kind;
  const force = earlier.force || later.force;
  return kind === earlier.kind && force === earlier.force ? earlier : { ...earlier, kind, force };
}

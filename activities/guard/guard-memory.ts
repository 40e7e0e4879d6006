import { fieldsOf } from '#domain/json/json-fields.ts';
import type { ExpectedShares } from '#domain/traffic/foreign-edits.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { GuardInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';
import type { Look } from './guard-look.ts';

/** What a guard remembers from look to look. Epoch milliseconds. */
export interface GuardMemory {
  /** When everything could be read for the last time; of a guard that died, as its last heartbeat told. */
  readonly freshMs: number;
  /** Since when weights read otherwise than we left them; null while they do not. */
  readonly editedMs: number | null;
  /** Green has had users since then at the earliest: the first weight may be written long after it was intended. */
  readonly greenSinceMs: number;
  /**
   * The first look that found green with a weight, since when it must be heard; null until there is one, and again after a look
   * that read weight 0. When that weight was written nobody here knows: after an outage, long after it was intended.
   */
  readonly audibleSinceMs: number | null;
  /** The newest look, whatever it could read; before there was one, when the guard began. */
  readonly lookedMs: number;
  /** The attempt which that look was of; 0 before there was one, null where a guard of an earlier version did not tell. */
  readonly lookedIn: number | null;
}

/**
 * Of a guard that begins: what the one before it told with its last heartbeat, if it died. Nobody watched while the first one waited for
 * a worker; how long that was Temporal knows, which had both times by one clock.
 */
export async function memoryOf(
  { ports }: Pick<Tools, 'ports'>,
  run: Pick<ActivityRun, 'lastHeartbeat' | 'startedMs' | 'scheduledMs' | 'activityId'>,
  input: Pick<GuardInput, 'greenSince' | 'ref'>,
): Promise<GuardMemory> {
  const before = memoryIn(run.lastHeartbeat);
  if (before !== null) return { ...before, editedMs: null };
  const underWay = await ports.runs.underWay(input.ref.workflowId).catch(() => []);
  const me = underWay.find(({ activityId }) => activityId === run.activityId);
  const waitedMs = Math.max(0, (me?.startedMs ?? run.scheduledMs) - run.scheduledMs);
  return {
    freshMs: run.startedMs - waitedMs,
    greenSinceMs: Date.parse(input.greenSince),
    audibleSinceMs: null,
    editedMs: null,
    lookedMs: run.startedMs,
    lookedIn: 0,
  };
}

/** What a guard's heartbeat told; null where it is none of ours. */
export function memoryIn(heartbeat: unknown): Omit<GuardMemory, 'editedMs'> | null {
  const { freshMs, greenSinceMs, audibleSinceMs, lookedMs, lookedIn } = fieldsOf(heartbeat);
  if (typeof freshMs !== 'number' || typeof greenSinceMs !== 'number') return null;
  return {
    freshMs,
    greenSinceMs,
    audibleSinceMs: typeof audibleSinceMs === 'number' ? audibleSinceMs : null,
    lookedMs: typeof lookedMs === 'number' ? lookedMs : freshMs,
    lookedIn: typeof lookedIn === 'number' ? lookedIn : null,
  };
}

/**
 * A weight of 0 means "no users" where it was left so, or while none was counted yet: otherwise it is the trace of a guard
 * that pulled and died before it could report.
 */
export function remember(
  before: GuardMemory,
  look: Look,
  { lookedMs, attempt }: { readonly lookedMs: number; readonly attempt: number },
): GuardMemory {
  const { expected = {}, greenSinceMs = 0 } = look.known ?? {};
  const sinceMs = Math.max(before.greenSinceMs, greenSinceMs);
  const heardMs = before.audibleSinceMs ?? lookedMs;
  const isAnother = greenSinceMs > before.greenSinceMs;
  const hadUsers = Object.values(look.reading.sources).some(({ green }) =>
    green.some((point) => point.requests > 0 && point.startSeconds * 1000 >= sinceMs),
  );
  return {
    freshMs: look.unread.length === 0 ? lookedMs : before.freshMs,
    editedMs: look.edit === null ? null : (before.editedMs ?? lookedMs),
    greenSinceMs:
      look.greenPercent === 0 && (isLeftWithoutUsers(expected) || !hadUsers) ? lookedMs : sinceMs,
    audibleSinceMs: look.greenPercent === 0 ? null : isAnother ? lookedMs : heardMs,
    lookedMs,
    lookedIn: attempt,
  };
}

/** Between the rehearsed rollback and the first step. */
function isLeftWithoutUsers(expected: ExpectedShares): boolean {
  const left = Object.values(expected);
  return left.length > 0 && left.every(([percent]) => percent === 0);
}

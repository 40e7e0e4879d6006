import type { GuardPresence } from '#domain/guard/unheard-time.ts';
import type { ActivityInput } from '#activities/contract.ts';
import type { UnderWay } from '#activities/ports/runs.ts';
import type { Tools } from '#activities/tools.ts';
import { memoryIn } from './guard-memory.ts';

/**
 * Has the run's guard watched until now, and told whatever it found? Temporal knows of each attempt whether it lives. One that
 * follows another says with its heartbeats that it has looked: until then it may still have to tell for how long nobody did. Where
 * Temporal does not answer the guard is taken to be away.
 */
export async function guardPresence(
  { ports, timings }: Tools,
  { ref }: Pick<ActivityInput, 'ref'>,
): Promise<GuardPresence> {
  const underWay = await ports.runs.underWay(ref.workflowId).catch(() => []);
  const isThere = underWay.some(
    (one) => one.activity === 'guardTraffic' && hasWatched(one, timings.guardGapMs),
  );
  return isThere ? 'there' : 'away';
}

function hasWatched({ isAtWork, attempt, heartbeat }: UnderWay, gapMs: number): boolean {
  if (!isAtWork) return false;
  const memory = memoryIn(heartbeat);
  // Of a guard of an earlier version no more is known.
  if (memory?.lookedIn === null) return true;
  const { lookedIn = 0, lookedMs = 0, freshMs = 0 } = memory ?? {};
  // What the one before it told is all that is known.
  if (lookedIn !== attempt) return attempt === 1;
  return lookedMs - freshMs <= gapMs;
}

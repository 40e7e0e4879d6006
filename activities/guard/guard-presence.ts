import type { GuardPresence } from '#domain/guard/unheard-time.ts';
import type { ActivityInput } from '#activities/contract.ts';
import type { UnderWay } from '#activities/ports/runs.ts';
import type { Tools } from '#activities/tools.ts';
import { memoryIn } from './guard-memory.ts';

/**
 * Has the run's guard watched until now, and told whatever it found? Temporal knows of each attempt whether it lives, and keeps what
 * its heartbeats told. Until it has looked itself, an attempt that follows another may still have to tell for how long nobody did, and
 * so may a first one that waited long for a worker. Where Temporal does not answer the guard is taken to be away.
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
  if (memory === null) return false;
  const { lookedIn, lookedMs, freshMs } = memory;
  // Of a guard of an earlier version no more is known.
  if (lookedIn === null) return true;
  const isFirst = attempt === 1 && lookedIn === 0;
  return (lookedIn === attempt || isFirst) && lookedMs - freshMs <= gapMs;
}

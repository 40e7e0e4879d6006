/**
 * Ends whatever a state directory's ledger still names: after a crash of the supervising process, whether or not its
 * reaper lives. Called by the reaper, by `takeDown` (the sandbox's `down`), and by a new supervisor that finds an old ledger.
 */
import { endProcess } from './end-process.ts';
import { removeLedger, runningProcesses, type LedgerEntry } from './ledger.ts';

/** Ends whatever runs for this state directory: the supervising process where it lives, then what it has left behind. */
export async function takeDown(stateDir: string): Promise<readonly LedgerEntry[]> {
  const owner = ledgerOwner(stateDir);
  if (owner === undefined || owner.pid === process.pid) return sweep(stateDir);
  await endProcess({ ...owner, reach: 'process' }, owner.graceMs);
  return [owner, ...(await sweep(stateDir))];
}

/** Ends all but the owner (and the caller), and answers what it has ended. */
export async function sweep(stateDir: string): Promise<readonly LedgerEntry[]> {
  const targets = runningProcesses(stateDir).filter(
    (entry) => entry.role !== 'owner' && entry.pid !== process.pid,
  );
  await Promise.all(
    targets.map((entry) => endProcess({ ...entry, reach: 'group' }, entry.graceMs)),
  );
  await removeLedger(stateDir);
  return targets;
}

/** The living process that supervises this state directory; undefined when it is gone or there was none. */
export function ledgerOwner(stateDir: string): LedgerEntry | undefined {
  return runningProcesses(stateDir).findLast((entry) => entry.role === 'owner');
}

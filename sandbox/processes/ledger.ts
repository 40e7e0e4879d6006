/**
 * The list of processes a supervisor has started, kept in a file so that somebody else can end them. Lines are only ever
 * added: an entry whose process is gone, or whose number was given to another process, is recognised by its identity and
 * does no harm. Written by the supervisor; read by the reaper and by `sweep`.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning } from './process-identity.ts';

const entrySchema = z.object({
  /** `owner` is the supervising process itself; nobody kills it, but it tells whether the directory is in use. */
  role: z.enum(['owner', 'reaper', 'child']),
  name: z.string(),
  pid: z.int().positive(),
  identity: z.string(),
  /** Between SIGTERM and SIGKILL. */
  graceMs: z.number(),
});

export type LedgerEntry = z.infer<typeof entrySchema>;

function ledgerFile(stateDir: string): string {
  return join(stateDir, 'processes.jsonl');
}

/** Synchronous, so that no crash can fall between a start and its record. */
export function recordProcess(stateDir: string, entry: LedgerEntry): void {
  appendFileSync(ledgerFile(stateDir), `${JSON.stringify(entry)}\n`);
}

/** The recorded processes that still run, in the order of their start; none when there is no ledger. */
export function runningProcesses(stateDir: string): LedgerEntry[] {
  return readEntries(stateDir).filter((entry) => isRunning(entry.pid, entry.identity));
}

export async function removeLedger(stateDir: string): Promise<void> {
  await rm(ledgerFile(stateDir), { force: true });
}

function readEntries(stateDir: string): LedgerEntry[] {
  let text: string;
  try {
    text = readFileSync(ledgerFile(stateDir), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const entry = parseLine(line);
    return entry === undefined ? [] : [entry];
  });
}

/** A crash in the middle of a write leaves half a line; the child of that line was never let go (see `start-child.ts`). */
function parseLine(line: string): LedgerEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * Keeps two set-ups from building the same tool at the same time. The lock is a file that names its holder, so the lock of
 * a set-up that was killed is recognised and taken over. It saves work only: what is installed is safe without it (see
 * `tool-cache.ts`), so the small chance that two waiters take over one dead lock at once costs a second build and no more.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isRunning, processIdentity } from '../processes/process-identity.ts';

const POLL_MS = 500;

const holderSchema = z.object({ pid: z.number(), identity: z.string() });

/** Runs the work while holding the lock. `waiting` is called now and then with the process that holds it. */
export async function withLock<T>(
  file: string,
  waiting: (holderPid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  while (!(await tryLock(file))) {
    const holder = await readHolder(file);
    if (holder !== undefined && isRunning(holder.pid, holder.identity)) {
      waiting(holder.pid);
      await delay(POLL_MS);
    } else {
      await rm(file, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Written aside and linked, so that a lock is never seen without its holder. */
async function tryLock(file: string): Promise<boolean> {
  const mine = `${file}.${randomUUID()}`;
  const identity = processIdentity(process.pid) ?? '';
  await writeFile(mine, JSON.stringify({ pid: process.pid, identity }));
  try {
    await link(mine, file);
    return true;
  } catch {
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}

async function readHolder(file: string) {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

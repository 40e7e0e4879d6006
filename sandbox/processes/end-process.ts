/** Ends one process: politely first, then by force. Safe against recycled process numbers. */
import { isRunning } from './process-identity.ts';
import { waitUntil, WaitTimeoutError } from './wait-until.ts';

/** SIGKILL is not refused; this only bounds the wait for the kernel to act. */
const KILL_TIMEOUT_MS = 5_000;

export interface ProcessToEnd {
  readonly pid: number;
  readonly identity: string;
  /** `group` reaches all it has started too, and needs a process that leads its group, as supervised ones do. */
  readonly reach: 'group' | 'process';
}

/**
 * Returns once the process is gone; at once when it is gone already or its number belongs to another process. With
 * `graceMs` 0 it is killed without being asked.
 */
export async function endProcess(target: ProcessToEnd, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    signal(target, 'SIGTERM');
    if (await isGoneWithin(target, graceMs)) return;
  }
  signal(target, 'SIGKILL');
  await isGoneWithin(target, KILL_TIMEOUT_MS);
}

function signal({ pid, identity, reach }: ProcessToEnd, name: 'SIGTERM' | 'SIGKILL'): void {
  if (!isRunning(pid, identity)) return;
  try {
    process.kill(reach === 'group' ? -pid : pid, name);
  } catch {
    // It ended between the two lines.
  }
}

async function isGoneWithin({ pid, identity }: ProcessToEnd, timeoutMs: number): Promise<boolean> {
  try {
    return await waitUntil(() => !isRunning(pid, identity), {
      what: `process ${String(pid)} to end`,
      timeoutMs,
      intervalMs: 10,
    });
  } catch (cause) {
    if (cause instanceof WaitTimeoutError) return false;
    throw cause;
  }
}

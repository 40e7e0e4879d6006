/**
 * Tells a process from a later one with the same number. The identity is the moment the process started, as the kernel
 * remembers it, so whoever is about to kill a recorded pid can see whether it still means the same process.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Start of the process, comparable for equality only; undefined when no such process runs. Synchronous on purpose. */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid);
}

/** True while the process that had this identity runs (a zombie does not run). */
export function isRunning(pid: number, identity: string): boolean {
  return processIdentity(pid) === identity;
}

/** Linux: clock ticks since boot, exact (`ps` there recomputes a wall time that can differ by a second between calls). */
function identityFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces and parentheses: count fields from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const startTicks = fields[19];
    if (state === 'Z' || startTicks === undefined) return undefined;
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId}/${startTicks}`;
  } catch {
    return undefined;
  }
}

/** Elsewhere (macOS): the wall time that the kernel stored when the process started. */
function identityFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/u, '');
  } catch {
    return undefined;
  }
}

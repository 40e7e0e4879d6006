/** Memory and time of a process, as Linux counts them. Elsewhere nothing is known: the bench says so. */
import { readFile } from 'node:fs/promises';

export interface ProcessUse {
  /** The most it ever held. */
  readonly peakRssMb: number;
  /** Of all its threads, in seconds. */
  readonly cpuSeconds: number;
}

/** Linux's clock ticks a second; a constant of its interface to programs (sysconf(_SC_CLK_TCK)). */
const TICKS_A_SECOND = 100;

/** Null where it cannot be told, and of a process that has ended. */
export async function readProcessUse(pid: number): Promise<ProcessUse | null> {
  try {
    const [status, stat] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    const peakKb = Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1]);
    // What follows the program's name, which may hold anything: state is the third field of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    if (!Number.isFinite(peakKb) || !Number.isFinite(ticks)) return null;
    return { peakRssMb: Math.round(peakKb / 1024), cpuSeconds: ticks / TICKS_A_SECOND };
  } catch {
    return null;
  }
}

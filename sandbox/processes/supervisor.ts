/**
 * Supervised child processes: started with a readiness probe, logged to files, ended in the reverse order of their start.
 * Every one is named in the ledger of the state directory before its program runs, and a reaper outlives a crash of this
 * process, so no child is ever left behind. Everything the sandbox runs is started through a supervisor.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordProcess } from './ledger.ts';
import { processIdentity } from './process-identity.ts';
import { startSupervised, type ProcessSpec, type SupervisedProcess } from './supervised-process.ts';
import { ledgerOwner, sweep } from './sweep.ts';

const REAPER = fileURLToPath(new URL('reaper.ts', import.meta.url));

/** A whole sandbox stops its servers in order when it is asked to; a reaper only waits for them to end. */
const GRACE_MS = { owner: 30_000, reaper: 10_000 } as const;

export interface Supervisor {
  readonly stateDir: string;
  /** Starts a process and returns when it is ready. @throws ProcessNotReadyError */
  spawn(spec: ProcessSpec): Promise<SupervisedProcess>;
  /** Ends all processes, the last started first, then the reaper. A second call does nothing. */
  stop(): Promise<void>;
}

/** Another living process supervises this state directory. */
export class StateDirInUseError extends Error {
  override readonly name = 'StateDirInUseError';
  readonly stateDir: string;
  readonly ownerPid: number;

  constructor(stateDir: string, ownerPid: number) {
    super(`${stateDir} is in use by process ${String(ownerPid)}`);
    this.stateDir = stateDir;
    this.ownerPid = ownerPid;
  }
}

/** Sweeps away what an earlier, crashed supervisor of the directory has left. @throws StateDirInUseError */
export async function createSupervisor(options: {
  readonly stateDir: string;
}): Promise<Supervisor> {
  const { stateDir } = options;
  const logs = join(stateDir, 'logs');
  await mkdir(logs, { recursive: true });
  const owner = ledgerOwner(stateDir);
  if (owner !== undefined) throw new StateDirInUseError(stateDir, owner.pid);
  await sweep(stateDir);
  record(stateDir, 'owner', process.pid);
  const reaper = await startReaper(stateDir);

  const running: SupervisedProcess[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (const child of running.toReversed()) await child.stop();
    await reaper.end();
  }

  return {
    stateDir,
    spawn: async (spec) => {
      if (stopping !== undefined) throw new Error(`${spec.name}: the supervisor is stopping`);
      const child = await startSupervised(spec, {
        stateDir,
        logFile: join(logs, `${spec.name}.log`),
      });
      running.push(child);
      return child;
    },
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

function record(stateDir: string, role: 'owner' | 'reaper', pid: number): void {
  const identity = processIdentity(pid);
  if (identity === undefined) return;
  recordProcess(stateDir, { role, name: role, pid, identity, graceMs: GRACE_MS[role] });
}

async function startReaper(stateDir: string): Promise<{ end(): Promise<void> }> {
  const logFile = join(stateDir, 'logs', 'reaper.log');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [REAPER, stateDir], {
    stdio: ['pipe', 'pipe', log],
    detached: true,
    // What the parent is told by NODE_OPTIONS (a debugger's port, jest's loader flags) is not for the reaper.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  closeSync(log);
  if (child.pid !== undefined) record(stateDir, 'reaper', child.pid);
  const exited = once(child, 'exit');
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the reaper has no pipes');
  const ready = once(stdout, 'data').then(() => true);
  if (!(await Promise.race([ready, exited.then(() => false)]))) {
    throw new Error(`the reaper ended before it was ready [log=${logFile}]`);
  }
  return {
    end: async () => {
      stdin.end();
      await exited;
    },
  };
}

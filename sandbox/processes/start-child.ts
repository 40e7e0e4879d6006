/**
 * Starts one child so that a crash of this process at any moment leaves no child that the ledger does not name: the child
 * first is a shell that waits for a word, and becomes the program (`exec`, same process number) only after it has been
 * recorded. If this process dies before that, the shell reads the end of its input and leaves.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { recordProcess } from './ledger.ts';
import { processIdentity } from './process-identity.ts';

const GATE = 'read -r go && exec "$@" </dev/null';

export interface ChildToStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly graceMs: number;
  readonly stateDir: string;
  /** Gets standard output and standard error, appended. */
  readonly logFile: string;
}

export interface StartedChild {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly identity: string;
}

/** The child could not be started at all; a program that is missing or fails is seen by its exit instead. */
class ChildNotStartedError extends Error {
  override readonly name = 'ChildNotStartedError';
}

/** Detached into a process group of its own: a terminal's Ctrl-C reaches the supervisor only, which stops in order. */
export function startChild(spec: ChildToStart): StartedChild {
  const log = openSync(spec.logFile, 'a');
  const child = spawn('/bin/sh', ['-c', GATE, 'sh', spec.command, ...spec.args], {
    env: { ...process.env, ...spec.env },
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  const { pid } = child;
  const identity = pid === undefined ? undefined : processIdentity(pid);
  if (pid === undefined || identity === undefined) {
    child.on('error', () => undefined);
    throw new ChildNotStartedError(`could not start ${spec.name} [command=${spec.command}]`);
  }
  const { name, graceMs } = spec;
  recordProcess(spec.stateDir, { role: 'child', name, pid, identity, graceMs });
  // A child that ended at once breaks the pipe; its exit tells the story.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end('go\n');
  return { child, pid, identity };
}

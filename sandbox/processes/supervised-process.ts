/** One supervised child: started, waited for until it is ready, and ended. Made by the supervisor only. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess } from './end-process.ts';
import { startChild } from './start-child.ts';
import { waitUntil } from './wait-until.ts';

const DEFAULT_GRACE_MS = 5_000;
const TAIL_LINES = 25;

interface Readiness {
  /** True once the program serves; false or a throw means "not yet". The signal aborts when the deadline passes. */
  readonly probe: (signal: AbortSignal) => Promise<boolean>;
  readonly timeoutMs: number;
  /** @default 50 */
  readonly intervalMs?: number;
}

export interface ProcessSpec {
  /** Unique in its supervisor; names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Without it the process counts as ready when started. */
  readonly ready?: Readiness;
  /** Between SIGTERM and SIGKILL; 0 kills at once, for programs that keep nothing. @default 5000 */
  readonly graceMs?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it and returns when it is gone; a second call does nothing. */
  stop(): Promise<void>;
  /** kill -9, for crash tests. */
  kill(): Promise<void>;
}

/** A process ended, or did not serve in time, before it was ready. The message carries the end of its log. */
export class ProcessNotReadyError extends Error {
  override readonly name = 'ProcessNotReadyError';
  readonly processName: string;
  readonly logFile: string;
  /** Undefined when it still ran at the deadline. */
  readonly exit: ProcessExit | undefined;

  constructor(details: {
    readonly processName: string;
    readonly logFile: string;
    readonly logTail: string;
    readonly exit: ProcessExit | undefined;
    readonly cause: unknown;
  }) {
    const { processName, logFile, logTail, exit, cause } = details;
    const what =
      exit === undefined
        ? `${processName} did not become ready in time`
        : `${processName} ended before it was ready (code ${String(exit.code)}, signal ${String(exit.signal)})`;
    super(`${what} [log=${logFile}]\n${logTail}`, { cause });
    this.processName = processName;
    this.logFile = logFile;
    this.exit = exit;
  }
}

/** @throws ProcessNotReadyError after having ended the process. */
export async function startSupervised(
  spec: ProcessSpec,
  where: { readonly stateDir: string; readonly logFile: string },
): Promise<SupervisedProcess> {
  const { stateDir, logFile } = where;
  const { graceMs = DEFAULT_GRACE_MS, env = {} } = spec;
  const started = startChild({ ...spec, graceMs, env, stateDir, logFile });
  const exited = exitOf(started.child);
  const target = { pid: started.pid, identity: started.identity, reach: 'group' } as const;
  const end = async (graceMs: number) => {
    await endProcess(target, graceMs);
    await exited;
  };
  if (spec.ready !== undefined) {
    const failure = await whyNotReady(spec.ready, spec.name, exited);
    if (failure !== undefined) {
      await end(0);
      const logTail = await tail(logFile);
      throw new ProcessNotReadyError({ processName: spec.name, logFile, logTail, ...failure });
    }
  }
  return {
    name: spec.name,
    pid: started.pid,
    logFile,
    exited,
    stop: () => end(graceMs),
    kill: () => end(0),
  };
}

async function exitOf(child: ReturnType<typeof startChild>['child']): Promise<ProcessExit> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

async function whyNotReady(
  ready: Readiness,
  name: string,
  exited: Promise<ProcessExit>,
): Promise<{ exit: ProcessExit | undefined; cause: unknown } | undefined> {
  const { probe, timeoutMs, intervalMs = 50 } = ready;
  const stopped = new AbortController();
  const deadline = AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)]);
  const served = waitUntil(() => probe(deadline), {
    what: `${name} to be ready`,
    timeoutMs,
    intervalMs,
    signal: stopped.signal,
  }).then(
    () => undefined,
    (cause: unknown) => ({ exit: undefined, cause }),
  );
  const ended = exited.then((exit) => ({ exit, cause: undefined }));
  const first = await Promise.race([served, ended]);
  stopped.abort();
  if (first === undefined || first.exit !== undefined) return first;
  // A process that dies of what the probe saw is better described by its exit.
  return Promise.race([ended, delay(20).then(() => first)]);
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

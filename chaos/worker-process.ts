/**
 * The worker of one lane: a process that is started again whenever it has died, with the deaths that are still to come. Invariants:
 * at most one process at a time; every death is one that was due or was asked for, anything else is a crash of ours and is told.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { KillPoint, WorkPoint } from './kill-points.ts';

const PROGRAM = fileURLToPath(new URL('worker-program.ts', import.meta.url));
const TAIL_CHARACTERS = 2_000;

export interface LaneWorkerOptions {
  readonly temporalAddress: string;
  readonly namespace: string;
  /** File with the workflows' bundle. */
  readonly bundle: string;
  readonly stateDir: string;
  /** For the SDKs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly points: readonly KillPoint[];
  readonly say: (text: string) => void;
}

export interface LaneWorker {
  /** Where it has died, in order. */
  readonly deaths: readonly KillPoint[];
  /** What went wrong with the process itself. */
  readonly crashes: readonly string[];
  /** Resolves when a worker polls. */
  ready(): Promise<void>;
  /** kill -9 from outside. False when no worker was there to die. */
  kill(point: KillPoint): boolean;
  /** kill -9 that is nobody's kill point. */
  drop(): void;
  stop(): Promise<void>;
}

const diarySchema = z.object({ work: z.string(), moment: z.string() });

export function startLaneWorker(options: LaneWorkerOptions): LaneWorker {
  const { points, stateDir, say } = options;
  const deaths: KillPoint[] = [];
  const crashes: string[] = [];
  let started = 0;
  const stopping = new AbortController();
  let child: ChildProcess | undefined;
  let readiness = Promise.withResolvers<void>();
  let wasAskedFor = false;
  let diary = '';

  const open = (): readonly WorkPoint[] =>
    points.filter(
      (point): point is WorkPoint =>
        point.kind === 'work' && point.moment !== 'after the answer' && !deaths.includes(point),
    );

  /** Did it write a death of its own down? */
  const noteDeath = (): boolean => {
    if (!existsSync(diary)) return false;
    const { work, moment } = diarySchema.parse(JSON.parse(readFileSync(diary, 'utf8')));
    const point = open().find((one) => one.work === work && one.moment === moment);
    if (point === undefined) return false;
    deaths.push(point);
    return true;
  };

  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      started += 1;
      diary = join(stateDir, `death-${started}.json`);
      const { temporalAddress, namespace, bundle } = options;
      const setting = {
        temporalAddress,
        namespace,
        bundle,
        capsules: join(stateDir, 'capsules'),
        diary,
        deaths: open().map(({ work, moment }) => ({ work, moment })),
      };
      wasAskedFor = false;
      const forked = fork(PROGRAM, {
        env: {
          ...process.env,
          ...options.environment,
          NODE_COMPILE_CACHE: join(dirname(options.bundle), 'compiled'),
          CHAOS_SETTING: JSON.stringify(setting),
        },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      child = forked;
      const tail = tailOf(forked);
      forked.once('message', () => readiness.resolve());
      await once(forked, 'exit');
      child = undefined;
      readiness = Promise.withResolvers<void>();
      if (stopping.signal.aborted) return;
      const isDeath = noteDeath() || wasAskedFor;
      if (isDeath) continue;
      const how = `a worker ended by itself (code ${String(forked.exitCode)}, signal ${String(forked.signalCode)}): ${tail()}`;
      crashes.push(how);
      say(how);
    }
  };
  const ended = live();

  const drop = (): boolean => {
    // One that is dying its own death has no other to die.
    if (child === undefined || wasAskedFor || existsSync(diary)) return false;
    wasAskedFor = true;
    return child.kill('SIGKILL');
  };
  return {
    deaths,
    crashes,
    ready: () => readiness.promise,
    kill: (point) => {
      if (deaths.includes(point) || !drop()) return false;
      deaths.push(point);
      return true;
    },
    drop: () => void drop(),
    stop: async () => {
      stopping.abort();
      child?.kill('SIGKILL');
      await ended;
    },
  };
}

/** The end of what it said on stderr. */
function tailOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    text = `${text}${chunk}`.slice(-TAIL_CHARACTERS);
  });
  return () => text.trim();
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordProcess, runningProcesses, type LedgerEntry } from '#sandbox/processes/ledger.ts';
import { processIdentity } from '#sandbox/processes/process-identity.ts';
import { ProcessNotReadyError } from '#sandbox/processes/supervised-process.ts';
import {
  createSupervisor,
  StateDirInUseError,
  type Supervisor,
} from '#sandbox/processes/supervisor.ts';
import { sweep, takeDown } from '#sandbox/processes/sweep.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';

const PARENT = fileURLToPath(new URL('supervised-parent.ts', import.meta.url));

let stateDir: string;
const supervisors: Supervisor[] = [];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-supervisor-'));
});

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
  await takeDown(stateDir);
  await rm(stateDir, { recursive: true, force: true });
});

async function supervise(): Promise<Supervisor> {
  const supervisor = await createSupervisor({ stateDir });
  supervisors.push(supervisor);
  return supervisor;
}

/** A process of another parent that supervises two children; resolves when they run. */
async function startParent(): Promise<{ parent: ChildProcess; started: LedgerEntry[] }> {
  const parent = spawn(process.execPath, [PARENT, stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await once(parent.stdout, 'data');
  const started = runningProcesses(stateDir);
  expect(started.map((entry) => entry.name)).toEqual(['owner', 'reaper', 'first', 'second']);
  return { parent, started };
}

async function killNow(target: ChildProcess): Promise<void> {
  const exited = once(target, 'exit');
  target.kill('SIGKILL');
  await exited;
}

async function killReaper(started: readonly LedgerEntry[]): Promise<void> {
  const reapers = started.filter((entry) => entry.role === 'reaper');
  for (const { pid } of reapers) process.kill(pid, 'SIGKILL');
  await waitUntil(() => stillRunning(reapers).length === 0, {
    what: 'the reaper to die',
    timeoutMs: 10_000,
  });
}

function stillRunning(entries: readonly LedgerEntry[]): string[] {
  return entries
    .filter(({ pid, identity }) => processIdentity(pid) === identity)
    .map(({ name }) => name);
}

describe('supervised processes', () => {
  it('are ready when their probe says so, and write to their log', async () => {
    const supervisor = await supervise();

    const child = await supervisor.spawn({
      name: 'greeter',
      command: 'sh',
      args: ['-c', 'echo "$GREETING"; echo problem >&2; sleep 600'],
      env: { GREETING: 'good morning' },
      ready: {
        timeoutMs: 10_000,
        probe: async () =>
          (await readFile(join(stateDir, 'logs', 'greeter.log'), 'utf8')).includes('problem'),
      },
    });

    expect(await readFile(child.logFile, 'utf8')).toBe('good morning\nproblem\n');
  });

  it('are reported with the end of their log when they end before they are ready', async () => {
    const supervisor = await supervise();

    const failed = supervisor.spawn({
      name: 'broken',
      command: 'sh',
      args: ['-c', 'echo "address already in use"; exit 3'],
      ready: { timeoutMs: 10_000, probe: () => Promise.resolve(false) },
    });

    await expect(failed).rejects.toThrow(ProcessNotReadyError);
    await expect(failed).rejects.toThrow(/code 3[\s\S]*address already in use/u);
  });

  it('are ended and reported when they are not ready in time', async () => {
    const supervisor = await supervise();

    const failed = supervisor.spawn({
      name: 'sleeper',
      command: 'sleep',
      args: ['600'],
      ready: { timeoutMs: 50, probe: () => Promise.resolve(false) },
    });

    await expect(failed).rejects.toMatchObject({ processName: 'sleeper', exit: undefined });
    expect(runningProcesses(stateDir).map((entry) => entry.name)).not.toContain('sleeper');
  });

  it('stop in the reverse order of their start, and take what they started along', async () => {
    const supervisor = await supervise();
    const order = join(stateDir, 'order');
    for (const name of ['first', 'second']) {
      await supervisor.spawn({
        name,
        command: 'sh',
        args: ['-c', `trap 'echo ${name} >> ${order}; exit 0' TERM; echo up; sleep 600 & wait`],
        ready: {
          timeoutMs: 10_000,
          probe: async () =>
            (await readFile(join(stateDir, 'logs', `${name}.log`), 'utf8')) === 'up\n',
        },
      });
    }

    await supervisor.stop();

    expect(await readFile(order, 'utf8')).toBe('second\nfirst\n');
    expect(runningProcesses(stateDir)).toEqual([]);
  });

  it('are killed when they do not heed SIGTERM within their grace', async () => {
    const supervisor = await supervise();
    const child = await supervisor.spawn({
      name: 'stubborn',
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done'],
      graceMs: 100,
      ready: {
        timeoutMs: 10_000,
        probe: async () =>
          (await readFile(join(stateDir, 'logs', 'stubborn.log'), 'utf8')) === 'up\n',
      },
    });

    await child.stop();

    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('have a state directory of their own', async () => {
    await supervise();

    await expect(createSupervisor({ stateDir })).rejects.toThrow(StateDirInUseError);
  });
});

describe('after a crash of the parent', () => {
  it('kill -9 leaves no child, because the reaper ends them', async () => {
    const { parent, started } = await startParent();

    await killNow(parent);

    await waitUntil(() => stillRunning(started).length === 0, {
      what: 'the reaper to end the children',
      timeoutMs: 10_000,
    });
  });

  it('a sweep ends the children when the reaper is dead too', async () => {
    const { parent, started } = await startParent();
    await killReaper(started);
    await killNow(parent);
    expect(stillRunning(started)).toEqual(['first', 'second']);

    const swept = await sweep(stateDir);

    expect(swept.map((entry) => entry.name)).toEqual(['first', 'second']);
    expect(stillRunning(started)).toEqual([]);
  });

  it('the next supervisor of the directory starts with a clean house', async () => {
    const { parent, started } = await startParent();
    await killReaper(started);
    await killNow(parent);

    await supervise();

    expect(stillRunning(started)).toEqual([]);
  });

  it('a process that got a recorded number later is not killed', async () => {
    const bystander = spawn('sleep', ['600'], { detached: true });
    const pid = bystander.pid ?? 0;
    const identity = `not ${String(processIdentity(pid))}`;
    recordProcess(stateDir, { role: 'child', name: 'long gone', pid, identity, graceMs: 0 });

    const swept = await sweep(stateDir);

    expect(swept).toEqual([]);
    expect(processIdentity(pid)).toBeDefined();
    await killNow(bystander);
  });
});

describe('taking a state directory down', () => {
  it('asks a living parent to stop and leaves nothing behind', async () => {
    const { parent, started } = await startParent();
    const exited = once(parent, 'exit');

    await takeDown(stateDir);

    expect(await exited).toEqual([0, null]);
    expect(stillRunning(started)).toEqual([]);
  });
});

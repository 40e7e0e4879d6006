/**
 * The README's five minutes, as a person types them: sandbox, worker, start, status, approval once by the command and once
 * by `temporal workflow signal`, and a worker killed with -9 in the middle of a weight step. Free ports, so that it
 * runs beside other tests; everything else is what the README says.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weightChanges } from '#sandbox/demo/rules.ts';
import { runCli } from '#test/clients/run-cli.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { ensureTools } from '#sandbox/tools/ensure-tools.ts';
import { SANDBOX_TOOLS, startSandbox, type Sandbox } from '#sandbox/world/sandbox.ts';

const PLAN = fileURLToPath(new URL('../../examples/1-default.yaml', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/cutover.mjs', import.meta.url));
const WORKFLOW_ID = 'migrate/111122223333/eu-west-1/shop-blue';
const MINUTE_MS = 60_000;

let stateDir: string;
let sandbox: Sandbox;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-e2e-'));
  sandbox = await startSandbox({
    tools: await ensureTools(SANDBOX_TOOLS),
    stateDir,
    requestsPerSecond: 120,
  });
}, 5 * MINUTE_MS);

afterAll(async () => {
  for (const worker of workers) killGroup(worker);
  await sandbox.stop();
  await rm(stateDir, { recursive: true, force: true });
}, MINUTE_MS);

describe('a migration by hand', () => {
  it(
    'completes though its worker is killed in the middle of a weight step, with no failed request and nothing created twice',
    async () => {
      const first = startWorker();
      const started = await cutover(
        'start',
        PLAN,
        '--by',
        'requester',
        '--until',
        'gate',
        '-o',
        'json',
      );
      expect(started.code).toBe(5);
      expect((await cutover('approve', '--gate', 'shift', '--by', 'ada')).code).toBe(0);

      await waitUntil(() => weightChanges(sandbox).some(({ greenPercent }) => greenPercent > 2), {
        what: 'the second weight to be written',
        timeoutMs: 3 * MINUTE_MS,
        intervalMs: 100,
      });
      killGroup(first);
      startWorker();

      const atRetire = await cutover(
        'start',
        PLAN,
        '--until',
        'gate',
        '--timeout',
        '6m',
        '-o',
        'json',
      );
      expect(atRetire.code).toBe(5);
      await signal('approve', { id: 'retire-1', by: 'grace', gate: 'retire' });
      const ended = await cutover('start', PLAN, '--wait', '--timeout', '3m', '-o', 'json');

      expect(ended.code).toBe(0);
      const traffic = await sandbox.traffic.summary();
      expect({ failed: traffic.failed, statuses: Object.keys(traffic.statuses) }).toEqual({
        failed: 0,
        statuses: ['200'],
      });
      expect(createdTwice()).toEqual([]);
      expect(sandbox.aws.defects()).toEqual([]);
    },
    15 * MINUTE_MS,
  );
});

function cutover(...args: readonly string[]): ReturnType<typeof runCli> {
  return runCli(args, { env: { ...sandbox.environment } });
}

/** A process group of its own, so that kill -9 reaches the worker itself and not only the verb that started it. */
function startWorker(): ChildProcess {
  const worker = spawn(process.execPath, [BIN, 'worker'], {
    env: { ...process.env, ...sandbox.environment },
    detached: true,
    stdio: 'ignore',
  });
  workers.push(worker);
  return worker;
}

function killGroup(worker: ChildProcess): void {
  if (worker.pid === undefined || worker.exitCode !== null) return;
  try {
    process.kill(-worker.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

async function signal(name: string, input: unknown): Promise<void> {
  const { code, stderr } = await run('temporal', [
    'workflow',
    'signal',
    '--workflow-id',
    WORKFLOW_ID,
    '--name',
    name,
    '--input',
    JSON.stringify(input),
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(program, args, {
    env: { ...process.env, ...sandbox.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

/** Successful creations of the engine that happened more than once, by operation and what they created. */
function createdTwice(): readonly string[] {
  const created = sandbox.aws.audit
    .entries()
    .filter(
      ({ operation, principalArn, result }) =>
        operation.startsWith('Create') &&
        principalArn.endsWith('role/cutover-engine') &&
        result.kind === 'ok',
    )
    .map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`);
  return created.filter((call, index) => created.indexOf(call) !== index);
}

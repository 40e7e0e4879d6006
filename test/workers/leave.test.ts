/** The worker as a process that is told to stop while users are on green. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';
import { TIMEOUT_MS } from '#test/workflows/walk.ts';
import { MIGRATE_CLUSTER } from '#workflows/messages.ts';
import { GREEN_WEIGHT } from '#workflows/search-attributes.ts';

const WORKER = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));
const QUERY = `WorkflowType = '${MIGRATE_CLUSTER}' AND ${GREEN_WEIGHT.name} >= 0`;

const environments: TestWorkflowEnvironment[] = [];
const children: ChildProcess[] = [];
beforeAll(quietTemporal);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(environments.map((env) => env.teardown()));
});

/** A server of its own: Temporal remembers for a minute who polled. @param weight of the one run that it knows */
async function serverWith(weight: number): Promise<TestWorkflowEnvironment> {
  const env = await hurriedServer();
  environments.push(env);
  const { workflow } = env.client;
  // Nobody needs to work on it here.
  await workflow.start(MIGRATE_CLUSTER, {
    workflowId: 'migrate/test/one',
    taskQueue: 'nobody',
    typedSearchAttributes: [{ key: GREEN_WEIGHT, value: weight }],
  });
  await waitUntil(async () => (await workflow.count(QUERY)).count === 1, {
    what: 'the run in the index',
    timeoutMs: TIMEOUT_MS,
    intervalMs: 100,
  });
  return env;
}

interface RunningWorker {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  says(what: string): Promise<void>;
  readonly stderr: () => string;
}

async function startWorker(env: TestWorkflowEnvironment): Promise<RunningWorker> {
  const child = spawn(process.execPath, [WORKER], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      AWS_REGION: 'eu-west-1',
      TEMPORAL_ADDRESS: env.address,
      CUTOVER_LAST_WORKER_SECONDS: '3600',
      CUTOVER_SHUTDOWN_GRACE_SECONDS: '0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => Number(code));
  const says = async (what: string): Promise<void> => {
    await waitUntil(
      async () => {
        if (child.exitCode !== null && !stderr.includes(what))
          throw new Error(`it ended with ${child.exitCode}: ${stderr}`);
        return stderr.includes(what);
      },
      { what: `the worker to say ${what}`, timeoutMs: TIMEOUT_MS, intervalMs: 50 },
    );
  };
  await says('worker ready');
  return { child, ended, says, stderr: () => stderr };
}

const LAST = 'the last worker was told to stop, and 1 migration(s) have users on green';

describe('a worker that is told to stop', () => {
  it(
    'leaves at once where no users are on green',
    async () => {
      const worker = await startWorker(await serverWith(0));
      worker.child.kill('SIGTERM');

      expect(await worker.ended).toBe(0);
      expect(worker.stderr()).not.toContain('the last worker');
    },
    2 * TIMEOUT_MS,
  );

  it(
    'as the last one for users on green says so, and stays until another is there',
    async () => {
      const env = await serverWith(25);
      const last = await startWorker(env);
      last.child.kill('SIGTERM');
      await last.says(LAST);
      expect(last.child.exitCode).toBeNull();
      await startWorker(env);

      expect(await last.ended).toBe(0);
      expect(last.stderr()).toContain('another worker is there');
    },
    3 * TIMEOUT_MS,
  );

  it(
    'leaves when it is told twice, and says what that means',
    async () => {
      const last = await startWorker(await serverWith(25));
      last.child.kill('SIGTERM');
      await last.says(LAST);
      last.child.kill('SIGTERM');

      expect(await last.ended).toBe(0);
      expect(last.stderr()).toContain('users on green are not watched');
    },
    2 * TIMEOUT_MS,
  );
});

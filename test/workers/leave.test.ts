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
const QUERY = `WorkflowType = '${MIGRATE_CLUSTER}' AND ${GREEN_WEIGHT.name} > 0`;

let env: TestWorkflowEnvironment;
const children: ChildProcess[] = [];
beforeAll(async () => {
  quietTemporal();
  env = await hurriedServer();
}, TIMEOUT_MS);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await env.teardown();
});

interface RunningWorker {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  says(what: string): Promise<void>;
  readonly stderr: () => string;
}

async function startWorker(): Promise<RunningWorker> {
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
    await waitUntil(async () => stderr.includes(what), {
      what: `the worker to say ${what}`,
      timeoutMs: TIMEOUT_MS,
      intervalMs: 50,
    });
  };
  await says('worker ready');
  return { child, ended, says, stderr: () => stderr };
}

describe('a worker that is told to stop', () => {
  it(
    'leaves at once where no users are on green; the last one for some says so and stays until another is there',
    async () => {
      const idle = await startWorker();
      idle.child.kill('SIGTERM');
      expect(await idle.ended).toBe(0);
      expect(idle.stderr()).not.toContain('the last worker');

      // A run as the server knows it; nobody needs to work on it here.
      const { workflow } = env.client;
      await workflow.start(MIGRATE_CLUSTER, {
        workflowId: 'migrate/test/on-green',
        taskQueue: 'nobody',
        typedSearchAttributes: [{ key: GREEN_WEIGHT, value: 25 }],
      });
      await waitUntil(async () => (await workflow.count(QUERY)).count === 1, {
        what: 'the run in the index',
        timeoutMs: TIMEOUT_MS,
        intervalMs: 100,
      });
      const last = await startWorker();
      last.child.kill('SIGTERM');
      await last.says('the last worker was told to stop, and 1 migration(s) have users on green');
      expect(last.child.exitCode).toBeNull();

      const successor = await startWorker();
      expect(await last.ended).toBe(0);
      expect(last.stderr()).toContain('another worker is there');

      successor.child.kill('SIGTERM');
      await successor.says('the last worker was told to stop');
      successor.child.kill('SIGTERM');
      expect(await successor.ended).toBe(0);
      expect(successor.stderr()).toContain('users on green are not watched');
    },
    5 * TIMEOUT_MS,
  );
});

/** The worker as a process whose log cannot be written: `/dev/full` answers every write as a full disk does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { QUEUES } from '#domain/queues.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';
import { TIMEOUT_MS } from '#test/workflows/walk.ts';

const WORKER = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

beforeAll(quietTemporal);

it(
  'a worker whose log is on a full disk works on, and drains when it is told to',
  async () => {
    const env = await hurriedServer();
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [WORKER], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        AWS_REGION: 'eu-west-1',
        TEMPORAL_ADDRESS: env.address,
        CUTOVER_LOG_LEVEL: 'debug',
      },
      stdio: ['ignore', 'ignore', full],
    });
    try {
      const ended = once(child, 'close');
      const { workflowService, options } = env.client;
      await waitUntil(
        async () => {
          if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
          const { pollers } = await workflowService.describeTaskQueue({
            namespace: options.namespace,
            taskQueue: { name: QUEUES.main },
          });
          return (pollers ?? []).length > 0;
        },
        { what: 'a worker that polls', timeoutMs: TIMEOUT_MS, intervalMs: 50 },
      );
      child.kill('SIGTERM');

      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
      closeSync(full);
      await env.teardown();
    }
  },
  2 * TIMEOUT_MS,
);

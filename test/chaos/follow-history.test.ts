/** What the kill matrix hears of a run that nobody can tell again, and where it keeps the history: on a real server. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { followHistory } from '../../chaos/follow-history.ts';
import { keepHistory } from '../../chaos/keep-history.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';

const TIMEOUT_MS = 120_000;
const taskQueue = 'fickle';

describe('a run that wants something else when it is told again', () => {
  let env: TestWorkflowEnvironment;
  let directory: string;

  beforeAll(async () => {
    quietTemporal();
    env = await hurriedServer();
    directory = await mkdtemp(join(tmpdir(), 'cutover-histories-'));
  }, TIMEOUT_MS);

  afterAll(async () => {
    await env.teardown();
    await rm(directory, { recursive: true, force: true });
  });

  it(
    'is said to be so as soon as Temporal knows, and its history is kept',
    async () => {
      const worker = await Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        workflowBundle: await bundleWorkflowCode({
          workflowsPath: fileURLToPath(new URL('fickle-workflow.ts', import.meta.url)),
          logger: new DefaultLogger('ERROR'),
        }),
        // Each task is told from the history.
        maxCachedWorkflows: 0,
      });

      await worker.runUntil(async () => {
        const handle = await env.client.workflow.start('fickle', {
          taskQueue,
          workflowId: 'fickle-1',
        });
        const { workflowId, firstExecutionRunId: runId } = handle;
        const said = Promise.withResolvers<string>();
        const following = followHistory(
          env.client,
          { workflowId, runId },
          { onAnswer: () => undefined, onUntellable: said.resolve },
        );

        expect(await said.promise).toContain('TMPRL1100');

        const file = await keepHistory(env.client, workflowId, { directory, name: 'one' });
        const history = historyFromJSON(JSON.parse(await readFile(file, 'utf8')));

        expect(history.events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(true);

        following.stop();
        await handle.terminate('seen');
        await following.ended;
      });
    },
    TIMEOUT_MS,
  );

  it('and one that the server does not know is not kept, with the reason', async () => {
    const told = await keepHistory(env.client, 'nobody', { directory, name: 'none' });

    expect(told).toMatch(/^not kept: /u);
  });
});

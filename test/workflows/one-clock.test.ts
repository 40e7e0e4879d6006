/**
 * The workflow's clock is the same when it is told again, also where somebody asks a run that no worker has in memory at the very
 * moment something happens to it: with the real SDK and a real server.
 */
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type InjectedSinks } from '@temporalio/worker';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { hurriedServer, quietTemporal } from '#test/support/temporal-server.ts';
import { isStale, StaleClockError } from '#workflows/one-clock.ts';
import type { TickSinks } from './ticks-workflow.ts';

const TIMEOUT_MS = 240_000;
const SEEN_WITHIN_MS = 120_000;
/** Fewer of them are kept in memory than there are, so that most questions meet a worker that has forgotten the run. */
const RUNS = 4;
const KEPT = 2;
/** Without a pause the worker is too busy to forget. */
const BETWEEN_QUESTIONS_MS = 20;
/** Of the 200 ms of a tick; timers fire a little early or late. */
const NO_TIME_MS = 100;

const modulePath = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('a run that is asked while something happens to it', () => {
  let env: TestWorkflowEnvironment;

  beforeAll(async () => {
    quietTemporal();
    env = await hurriedServer();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await env.teardown();
  });

  it(
    "is told of it with the old clock by the SDK's core: when this fails, the core is mended and `one-clock.ts` may go",
    async () => {
      const asked = await askTickingRuns(env, 'unguarded', [], ({ tooShort }) => tooShort > 0);

      expect(asked).toMatchObject({ refused: 0 });
    },
    TIMEOUT_MS,
  );

  it(
    'has one clock: whoever asked is refused, and the worker replays it',
    async () => {
      const { tooShort, slept } = await askTickingRuns(
        env,
        'guarded',
        [modulePath('../../workflows/one-clock.ts')],
        ({ refused }) => refused >= 5,
      );

      expect(tooShort).toBe(0);
      expect(slept).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe('an activation', () => {
  const before = { at: '100.5', atMs: 100_000, historyLength: 7 };
  const machineMs = 100_200;

  it.each([
    ['the next task', { at: '101.0', atMs: 101_000, historyLength: 12 }, machineMs, false],
    ['another part of the same task', before, machineMs, false],
    ['news with the clock of the task before', { ...before, historyLength: 9 }, machineMs, true],
    ["news while the server's clock is set back", { ...before, historyLength: 12 }, 40_000, false],
  ])('of %s', (_what, told, machine, expected) => {
    expect(isStale(told, before, machine)).toBe(expected);
  });

  it('that is the first has no clock before it', () => {
    expect(isStale(before, null, machineMs)).toBe(false);
  });
});

interface Asked {
  /** Sleeps that took no time by the workflow's clock. */
  readonly tooShort: number;
  readonly slept: number;
  /** Questions that were refused because of the clock. */
  readonly refused: number;
}

/** Asks runs that tick, until enough was seen. */
async function askTickingRuns(
  env: TestWorkflowEnvironment,
  taskQueue: string,
  workflowInterceptorModules: string[],
  isEnough: (asked: Asked) => boolean,
): Promise<Asked> {
  const tookMs: number[] = [];
  let refused = 0;
  const asked = (): Asked => ({
    tooShort: tookMs.filter((ms) => ms < NO_TIME_MS).length,
    slept: tookMs.length,
    refused,
  });
  const sinks: InjectedSinks<TickSinks> = {
    ticks: { slept: { fn: (_info, ms) => void tookMs.push(ms) } },
  };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    sinks,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: modulePath('ticks-workflow.ts'),
      workflowInterceptorModules,
      logger: new DefaultLogger('ERROR'),
    }),
    maxCachedWorkflows: KEPT,
  });
  return worker.runUntil(async () => {
    const handles = await Promise.all(
      Array.from({ length: RUNS }, (_, nth) =>
        env.client.workflow.start('ticks', { taskQueue, workflowId: `${taskQueue}-${nth}` }),
      ),
    );
    const over = new AbortController();
    const ask = async (handle: WorkflowHandle): Promise<void> => {
      while (!over.signal.aborted) {
        await handle.query('status').catch((cause: unknown) => {
          if (String(cause).includes(StaleClockError.message)) refused += 1;
        });
        await delay(BETWEEN_QUESTIONS_MS);
      }
    };
    const asking = handles.map(async (handle) => ask(handle));
    try {
      await waitUntil(() => isEnough(asked()), {
        what: 'enough questions',
        timeoutMs: SEEN_WITHIN_MS,
      });
    } finally {
      over.abort();
      await Promise.all(asking);
      await Promise.all(handles.map(async (handle) => handle.terminate('seen')));
    }
    return asked();
  });
}

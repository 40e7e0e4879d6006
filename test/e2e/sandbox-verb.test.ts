/** `cutover sandbox …` as a person types it, on free ports and in a state directory of its own. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '#test/clients/run-cli.ts';
import { runningProcesses } from '#sandbox/processes/ledger.ts';
import { isRunning } from '#sandbox/processes/process-identity.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';

const BIN = fileURLToPath(new URL('../../bin/cutover.mjs', import.meta.url));
const MINUTE_MS = 60_000;
/** Temporal, etcd, shop, reaper, …: enough runs for a crash to be worth something. */
const MANY = 6;

let stateDir: string;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'cutover-verb-'));
  env = { CUTOVER_SANDBOX_DIR: stateDir, CUTOVER_SANDBOX_PORTS: 'free' };
});

afterEach(async () => {
  await runCli(['sandbox', 'down'], { env });
  await rm(stateDir, { recursive: true, force: true });
  await rm(`${stateDir}.log`, { force: true });
}, MINUTE_MS);

describe('cutover sandbox', () => {
  it(
    'comes up in the background, shows users being served, tells the environment, fails on demand, and goes down',
    async () => {
      const up = await runCli(['sandbox', 'up', '--detach'], { env });
      expect(up).toMatchObject({ code: 0, stderr: expect.stringContaining('Temporal UI') });
      const processes = runningProcesses(stateDir);

      const status = await runCli(['sandbox', 'status', '-o', 'json'], { env });
      expect(status.json()).toMatchObject({
        traffic: { failed: 0, colours: { 'shop-blue': { failed: 0 } } },
      });
      const exports = (await runCli(['sandbox', 'env'], { env })).stdout;
      expect(exports).toMatch(/^export TEMPORAL_ADDRESS='127\.0\.0\.1:\d+'$/mu);
      expect(exports).toMatch(/^export AWS_ENDPOINT_URL='http:\/\/127\.0\.0\.1:\d+'$/mu);

      expect((await runCli(['sandbox', 'fault', 'blue-errors', '1'], { env })).code).toBe(0);
      await waitUntil(
        async () =>
          JSON.stringify(
            (await runCli(['sandbox', 'status', '-o', 'json'], { env })).json(),
          ).includes('"503"'),
        {
          what: 'users to meet the fault',
          timeoutMs: MINUTE_MS,
        },
      );
      expect(await runCli(['sandbox', 'fault', 'nonsense'], { env })).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('green-errors'),
      });

      expect((await runCli(['sandbox', 'down'], { env })).code).toBe(0);
      expect(processes.filter(({ pid, identity }) => isRunning(pid, identity))).toEqual([]);
      expect(await runCli(['sandbox', 'status'], { env })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no sandbox is up'),
      });
    },
    5 * MINUTE_MS,
  );

  it(
    'leaves no process behind when `up` was killed with -9 and `down` is called',
    async () => {
      const up = spawn(process.execPath, [BIN, 'sandbox', 'up'], {
        env: { ...process.env, ...env },
        stdio: 'ignore',
      });
      const before = await waitUntil(
        () => (runningProcesses(stateDir).length >= MANY ? runningProcesses(stateDir) : undefined),
        { what: 'the sandbox to have started its servers', timeoutMs: 2 * MINUTE_MS },
      );
      up.kill('SIGKILL');

      expect((await runCli(['sandbox', 'down'], { env })).code).toBe(0);
      expect(before.filter(({ pid, identity }) => isRunning(pid, identity))).toEqual([]);
    },
    3 * MINUTE_MS,
  );
});

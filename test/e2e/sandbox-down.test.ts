/** `cutover sandbox down` after `kill -9` of `cutover sandbox up`: no process of ours is left. */
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
/** Temporal, etcd, shop, four of a control plane: enough runs for a crash to be worth something. */
const MANY = 6;

it('leaves no process behind', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'cutover-down-'));
  const env = { CUTOVER_SANDBOX_DIR: stateDir, CUTOVER_SANDBOX_PORTS: 'free' };
  const up = spawn(process.execPath, [BIN, 'sandbox', 'up'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  try {
    const before = await waitUntil(
      () => (runningProcesses(stateDir).length >= MANY ? runningProcesses(stateDir) : undefined),
      {
        what: 'the sandbox to have started its servers',
        timeoutMs: 120_000,
      },
    );
    up.kill('SIGKILL');
    const down = await runCli(['sandbox', 'down'], { env });

    expect(down.code).toBe(0);
    expect(before.filter(({ pid, identity }) => isRunning(pid, identity))).toEqual([]);
  } finally {
    up.kill('SIGKILL');
    await runCli(['sandbox', 'down'], { env });
    await rm(stateDir, { recursive: true, force: true });
  }
}, 180_000);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import { HUB_TOOLS } from '#sandbox/hub/start-hub.ts';
import { waitUntil } from '#sandbox/processes/wait-until.ts';
import { StateDirInUseError } from '#sandbox/processes/supervisor.ts';
import { takeDown } from '#sandbox/processes/sweep.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { ToolMissingError } from '#sandbox/tools/tool-missing-error.ts';
import type { FrontDoorKind } from '#sandbox/world/front-door.ts';
import { SANDBOX_TOOLS, startSandbox } from '#sandbox/world/sandbox.ts';
import {
  announce,
  findSandbox,
  sandboxDirectory,
  withdraw,
  type RunningSandbox,
} from './running-sandbox.ts';

const CLI = fileURLToPath(new URL('../../bin/cutover.mjs', import.meta.url));
const DETACHED_TIMEOUT_MS = 30 * 60 * 1000;

export function registerUp(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('up')
    .description(
      'starts everything and stays until Ctrl-C; CUTOVER_SANDBOX_PORTS=free lets it take any ports',
    )
    .option('--detach', 'return when it is ready; `down` ends it', false)
    .option('--requests-per-second <number>', "users' requests", '160')
    .addOption(
      new Option('--front-door <kind>', "a platform's rule, or an Ingress of blue (3-ingress.yaml)")
        .choices(['rule', 'ingress'])
        .default('rule'),
    )
    .addOption(
      new Option(
        '--with <what>',
        'hub: a cluster with kro and ACK beside blue (7-kro.yaml)',
      ).choices(['hub']),
    )
    .action(async (options: UpOptions) => {
      finish(options.detach ? await detached(options) : await foreground(options));
    });
}

interface UpOptions {
  readonly detach: boolean;
  readonly requestsPerSecond: string;
  readonly frontDoor: FrontDoorKind;
  readonly with?: 'hub';
}

async function foreground({ requestsPerSecond, frontDoor, ...more }: UpOptions): Promise<number> {
  const stateDir = sandboxDirectory();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  try {
    const withHub = more.with === 'hub';
    const tools = await setUpTools([...SANDBOX_TOOLS, ...(withHub ? HUB_TOOLS : [])]);
    // What an earlier `up` left behind is gone before the new one writes; a living one is left alone.
    await freshDirectory(stateDir);
    const sandbox = await startSandbox({
      tools,
      stateDir,
      ports: process.env['CUTOVER_SANDBOX_PORTS'] === 'free' ? 'free' : 'fixed',
      requestsPerSecond: Number(requestsPerSecond),
      frontDoor,
      withHub,
      say: (what) => say(`starting ${what}`),
    });
    try {
      await announce(sandbox);
      say(welcome(await findSandbox(stateDir)));
      await ended;
    } finally {
      say('stopping');
      await withdraw(stateDir);
      await sandbox.stop();
    }
    return 0;
  } catch (cause) {
    if (cause instanceof StateDirInUseError)
      say(
        `a sandbox is up already (process ${cause.ownerPid}); next: \`cutover sandbox status\` or \`cutover sandbox down\``,
      );
    else if (cause instanceof ToolMissingError) say(cause.message);
    else throw cause;
    return 1;
  }
}

async function freshDirectory(stateDir: string): Promise<void> {
  try {
    await findSandbox(stateDir);
  } catch {
    await takeDown(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** The same in the background, its words in a file. */
async function detached({ requestsPerSecond, frontDoor, ...more }: UpOptions): Promise<number> {
  const stateDir = sandboxDirectory();
  const logFile = `${stateDir}.log`;
  mkdirSync(join(stateDir, '..'), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(
    process.execPath,
    [
      CLI,
      'sandbox',
      'up',
      '--requests-per-second',
      requestsPerSecond,
      '--front-door',
      frontDoor,
      ...(more.with === undefined ? [] : ['--with', more.with]),
    ],
    {
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  let exitCode: number | null = null;
  child.once('exit', (code) => (exitCode = code ?? 1));
  const running = await waitUntil(
    async () => (exitCode === null ? await findSandbox(stateDir) : 'ended'),
    {
      what: `the sandbox; its words are in ${logFile}`,
      timeoutMs: DETACHED_TIMEOUT_MS,
      intervalMs: 200,
    },
  );
  child.unref();
  if (running === 'ended') {
    process.stderr.write(`the sandbox did not come up; its words are in ${logFile}\n`);
    return exitCode ?? 1;
  }
  process.stderr.write(`${welcome(running)}\n`);
  return 0;
}

function welcome(running: RunningSandbox): string {
  return [
    '',
    `  shop          ${running.frontDoorUrl}   (users are buying there)`,
    `  Temporal UI   ${running.temporal.uiUrl}`,
    `  AWS           ${running.awsUrl}`,
    '',
    '  in another terminal:',
    '    eval "$(npx cutover sandbox env)"',
    '    npx cutover worker',
    '    npx cutover start examples/1-default.yaml',
    '',
  ].join('\n');
}

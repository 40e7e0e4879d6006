#!/usr/bin/env node
/**
 * The entry of `npx cutover`. It must parse and run on Node 20: where the running Node cannot execute TypeScript it
 * starts itself again on the pinned Node (the `node` package), passing signals and the exit code through.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const runsTypeScript = major >= 24 || (major === 22 && minor >= 18);

if (runsTypeScript) {
  // Temporal's protocol is a megabyte of JavaScript; compiling it is half of a verb's start.
  module.enableCompileCache?.(join(cacheHome(), 'cutover', 'compiled'));
  const { runCli } = await import('../clients/cli.ts');
  process.exitCode = await runCli(process.argv.slice(2));
} else {
  startOnPinnedNode(pinnedNode());
}

function cacheHome() {
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

function pinnedNode() {
  try {
    const home = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const path = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function startOnPinnedNode(path) {
  if (path === undefined) {
    process.stderr.write(
      `cutover: Node ${process.versions.node} is too old and the pinned one is not installed\n` +
        '  next: run `npm ci` in the checkout, or start with Node 24 (22.18 at least)\n',
    );
    process.exitCode = 1;
    return;
  }
  const self = fileURLToPath(import.meta.url);
  const child = spawn(path, [...process.execArgv, self, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both of us; a second copy from here would count as the person's second one.
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  child.on('error', (cause) => {
    process.stderr.write(`cutover: cannot start ${path}: ${cause.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

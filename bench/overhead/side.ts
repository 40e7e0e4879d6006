/**
 * One side of the bench from nothing to its calls: a fresh sandbox in a fresh process (an emulator that has warmed up for one
 * side must not serve the other), the migration, everything stopped. `side.ts engine|script STATE_DIR FILE`; FILE receives the calls as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { SANDBOX_TOOLS, startSandbox, type Sandbox } from '#sandbox/world/sandbox.ts';
import type { Call } from './calls.ts';
import { runEngine } from './engine-side.ts';
import { runScript } from './script-side.ts';
import { REQUESTS_PER_SECOND, SEED } from './setting.ts';

const SIDES: Readonly<Record<string, (sandbox: Sandbox) => Promise<readonly Call[]>>> = {
  engine: runEngine,
  script: runScript,
};

const [name = '', stateDir, file] = process.argv.slice(2);
const side = SIDES[name];
if (side === undefined || stateDir === undefined || file === undefined)
  throw new Error('usage: side.ts engine|script STATE_DIR FILE');
const startedMs = performance.now();
const say = (text: string): void => {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  process.stderr.write(`[${name} ${String(seconds).padStart(3)} s] ${text}\n`);
};
const sandbox = await startSandbox({
  tools: await setUpTools(SANDBOX_TOOLS),
  stateDir,
  requestsPerSecond: REQUESTS_PER_SECOND,
  seed: SEED,
  say: (what) => say(`starting ${what}`),
});
try {
  say(`the migration, by the ${name}`);
  await writeFile(file, JSON.stringify(await side(sandbox)));
  say('done');
} finally {
  await sandbox.stop();
}

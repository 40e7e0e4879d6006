/**
 * One side of the bench from nothing to its report: a fresh sandbox in a fresh process (an emulator that has warmed up for
 * one side must not serve the other), the migration, everything stopped. `side.ts engine|script STATE_DIR FILE`, where FILE
 * receives the report as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { SANDBOX_TOOLS, startSandbox, type Sandbox } from '#sandbox/world/sandbox.ts';
import { startBusyMeter } from '../machine.ts';
import type { Call, SideReport } from './calls.ts';
import { runEngine } from './engine-side.ts';
import { runProgram } from './run-program.ts';
import { REQUESTS_PER_SECOND, SEED } from './setting.ts';

interface Side {
  readonly migrate: (sandbox: Sandbox) => Promise<readonly Call[]>;
  readonly floor: (sandbox: Sandbox) => Promise<readonly Call[]>;
}

const SIDES: Readonly<Record<string, Side>> = {
  engine: {
    migrate: runEngine,
    floor: (sandbox) =>
      runProgram(sandbox, 'floor-program', [sandbox.temporal.address, sandbox.temporal.namespace]),
  },
  script: {
    migrate: (sandbox) => runProgram(sandbox, 'bare-script'),
    floor: () => Promise.resolve([]),
  },
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
  const busy = startBusyMeter();
  const calls = await side.migrate(sandbox);
  const busyPercent = busy();
  const report: SideReport = { calls, floor: await side.floor(sandbox), busyPercent };
  await writeFile(file, JSON.stringify(report));
  say('done');
} finally {
  await sandbox.stop();
}

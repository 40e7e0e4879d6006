/** Every scenario one after the other: a sandbox fills the machine, and a process of its own leaves nothing to the next. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './scenario.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Reports go to stdout as each ends. Returns 0 when each ended with its documented exit code, 1 otherwise. */
export async function runAll(scenarios: readonly Scenario[], json: boolean): Promise<number> {
  const failed: string[] = [];
  for (const { name, exitCode } of scenarios) {
    const ended = await runOne(name, json);
    if (ended === exitCode) continue;
    failed.push(name);
    process.stderr.write(`scenario ${name} ended with ${ended}, documented is ${exitCode}\n`);
  }
  process.stderr.write(
    `${scenarios.length - failed.length} of ${scenarios.length} scenarios ended as documented\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** Ctrl-C reaches the scenario by the terminal; any other way of ending us is passed on, so that no sandbox is left. */
async function runOne(name: string, json: boolean): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, '--scenario', name, ...(json ? ['--json'] : [])], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const end = (): void => void child.kill();
  process.once('SIGTERM', end);
  try {
    await once(child, 'exit');
  } finally {
    process.off('SIGTERM', end);
  }
  return child.exitCode;
}

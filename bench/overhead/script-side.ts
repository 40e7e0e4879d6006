/** The bare script on a running sandbox, as a process of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { parseCalls, type Call } from './calls.ts';

const BARE_SCRIPT = fileURLToPath(new URL('bare-script.ts', import.meta.url));

export async function runScript(sandbox: Sandbox): Promise<readonly Call[]> {
  const file = join(sandbox.stateDir, 'script-calls.json');
  const script = await sandbox.supervisor.spawn({
    name: 'bare-script',
    command: process.execPath,
    args: [BARE_SCRIPT, file],
    env: sandbox.environment,
  });
  const { code } = await script.exited;
  if (code !== 0)
    throw new Error(
      `the bare script failed (code ${String(code)}):\n${await readFile(script.logFile, 'utf8')}`,
    );
  return parseCalls(await readFile(file, 'utf8'));
}

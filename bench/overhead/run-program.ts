import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '#sandbox/world/sandbox.ts';
import { parseCalls, type Call } from './calls.ts';

/** Runs a program of this folder beside the sandbox to its end; its last argument is the file that receives its calls. */
export async function runProgram(
  sandbox: Sandbox,
  name: 'bare-script' | 'floor-program',
  args: readonly string[] = [],
): Promise<readonly Call[]> {
  const file = join(sandbox.stateDir, `${name}.json`);
  const program = await sandbox.supervisor.spawn({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(`${name}.ts`, import.meta.url)), ...args, file],
    env: sandbox.environment,
  });
  const { code } = await program.exited;
  if (code !== 0)
    throw new Error(
      `${name} failed (code ${String(code)}):\n${await readFile(program.logFile, 'utf8')}`,
    );
  return parseCalls(await readFile(file, 'utf8'));
}

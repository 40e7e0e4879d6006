/** Runs `npm run simulate` as the program it is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../simulation/main.ts', import.meta.url));

export interface Simulated {
  readonly exitCode: number;
  /** The last line of standard output. */
  readonly summary: Readonly<Record<string, unknown>>;
  readonly stderr: string;
}

export async function simulate(...args: readonly string[]): Promise<Simulated> {
  const child = spawn(process.execPath, [PROGRAM, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [exitCode]: unknown[] = await once(child, 'close');
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const summary: Readonly<Record<string, unknown>> = last === '' ? {} : JSON.parse(last);
  return { exitCode: Number(exitCode), summary, stderr };
}

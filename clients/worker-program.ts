import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ClientError } from './errors.ts';

/**
 * Runs a program of `workers/`: clients import no SDK, so what needs AWS is done by a process of its own. What it says goes to
 * our stderr, what it prints is the result. Invariant: it never outlives us by a signal that we got.
 */
export async function runWorkerProgram(
  name: 'break-glass' | 'find-orphans' | 'take-inventory',
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const program = fileURLToPath(new URL(`../workers/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the program as well.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  process.on('SIGTERM', forward);
  process.on('SIGINT', forward);
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    });
    // A program that ends before it has read everything says itself why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [code, stdout] = await Promise.all([ended, text(child.stdout)]);
    return { code, stdout };
  } catch (cause) {
    throw new ClientError(`${name} cannot be started: ${String(cause)}`, {
      next: 'run `npm ci` in the checkout',
      cause,
    });
  } finally {
    process.off('SIGTERM', forward);
    process.off('SIGINT', forward);
  }
}

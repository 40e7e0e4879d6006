import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ClientError } from '../errors.ts';

/**
 * `cutover worker`: runs `workers/main.ts` on this Node with our terminal. SIGTERM and SIGINT are its signal to
 * drain: they are passed on, and its exit code is ours.
 */
export async function workerCommand(argv: readonly string[]): Promise<number> {
  const main = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...argv], { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the worker as well; a second copy would count as the person's second one.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  process.on('SIGTERM', forward);
  process.on('SIGINT', forward);
  process.on('SIGHUP', forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause) =>
        reject(
          new ClientError(`the worker cannot be started: ${cause.message}`, {
            next: 'run `npm ci` in the checkout',
            cause,
          }),
        ),
      );
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    process.off('SIGTERM', forward);
    process.off('SIGINT', forward);
    process.off('SIGHUP', forward);
  }
}

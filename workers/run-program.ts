import { CutoverFailure } from '#domain/failures.ts';
import { EnvironmentError } from './environment.ts';

/** What the program was given cannot be used; its message says why, for people. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * What the programs share that the command line starts and waits for: the result goes to stdout; what is known to go wrong is a
 * sentence on stderr, never a stack; SIGINT and SIGTERM end what is under way. Returns the exit code: 0 a result was printed, 1 not.
 */
export async function runProgram(work: (signal: AbortSignal) => Promise<string>): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('interrupted')));
  process.once('SIGTERM', () => stop.abort(new Error('told to stop')));
  try {
    process.stdout.write(await work(stop.signal));
    return 0;
  } catch (cause) {
    const isKnown =
      cause instanceof CutoverFailure ||
      cause instanceof EnvironmentError ||
      cause instanceof Refused ||
      stop.signal.aborted;
    if (!isKnown) throw cause;
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 1;
  }
}

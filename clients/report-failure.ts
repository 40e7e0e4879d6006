import { CommanderError } from 'commander';
import { ClientError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Says on stderr what went wrong and what to do, and gives the exit code. A stack is for our own defects only, and
 * only where `CUTOVER_DEBUG` is set.
 */
export function reportFailure(cause: unknown): number {
  // Commander has written its own words; help and version that were asked for are no failure.
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (cause instanceof ClientError) {
    process.stderr.write(`cutover: ${cause.message}\n`);
    if (cause.next !== '') process.stderr.write(`  next: ${cause.next}\n`);
    return cause.exitCode;
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  const debug = (process.env['CUTOVER_DEBUG'] ?? '') !== '';
  process.stderr.write(`cutover: unexpected: ${message}\n`);
  process.stderr.write(
    debug && cause instanceof Error
      ? `${cause.stack ?? ''}\n`
      : '  next: this is a defect of Cutover; repeat with CUTOVER_DEBUG=1 and report what it prints\n',
  );
  return EXIT.error;
}

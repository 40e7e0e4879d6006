/** Runs one program of the set-up to its end, with a deadline, and keeps the end of what it said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const KEEP_CHARACTERS = 4_000;
/** A long command says that it is alive this often, so that a log does not look hung. */
const HEARTBEAT_MS = 20_000;

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called every 20 s while the command runs. */
  readonly heartbeat?: (elapsedSeconds: number) => void;
}

/** The command is missing, failed or took too long. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
  readonly command: string;
  /** The end of its output; empty when it could not be started. */
  readonly output: string;

  constructor(command: string, reason: string, output: string) {
    super(`${command} ${reason}${output === '' ? '' : `: ${lastLine(output)}`}`);
    this.command = command;
    this.output = output;
  }
}

/** Standard output and standard error, together. @throws CommandFailedError */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEEP_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const startedAt = performance.now();
  // Not spawn's own `timeout`: its timer outlives a command that could not be started and keeps the set-up from ending.
  const deadline = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
  const pulse = setInterval(() => {
    options.heartbeat?.(Math.round((performance.now() - startedAt) / 1000));
  }, HEARTBEAT_MS);
  try {
    await once(child, 'close');
  } catch {
    throw new CommandFailedError(command, 'could not be started (is it on PATH?)', '');
  } finally {
    clearTimeout(deadline);
    clearInterval(pulse);
  }
  if (child.exitCode === 0) return output;
  const reason =
    child.exitCode === null
      ? `was stopped by ${String(child.signalCode)} (limit ${String(options.timeoutMs / 1000)} s)`
      : `failed with code ${String(child.exitCode)}`;
  throw new CommandFailedError(command, reason, output.trim());
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

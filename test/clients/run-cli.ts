/** Runs the command line as its users do: `bin/cutover.mjs` as a process, with an environment of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/cutover.mjs', import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** `stdout` read as JSON. @throws SyntaxError */
  json(): unknown;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Sent once, as soon as this text was printed or this promise is settled. */
  readonly signal?: {
    readonly after: string | Promise<unknown>;
    readonly name: NodeJS.Signals;
  };
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...bareEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let { signal } = options;
  const send = (): void => {
    if (signal !== undefined) child.kill(signal.name);
    signal = undefined;
  };
  const notify = (): void => {
    const after = signal?.after;
    if (typeof after === 'string' && `${stdout}${stderr}`.includes(after)) send();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    notify();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    notify();
  });
  // Whoever has read enough hangs up.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  if (signal !== undefined && typeof signal.after !== 'string') signal.after.then(send, send);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    code,
    stdout,
    stderr,
    json: () => {
      const value: unknown = JSON.parse(stdout);
      return value;
    },
  };
}

/** What a person's shell has, without anything that would point the command line at a real Temporal. */
function bareEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, CUTOVER_USER: 'ada', TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' };
}

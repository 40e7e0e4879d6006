/**
 * `cutover sandbox up|down|status|fault|env`: the local world for hands-on use, on fixed ports and one state directory.
 * `up` stays in the foreground until Ctrl-C (or `down`), `up --detach` returns when it is ready. Whatever happened to `up`, `down` leaves
 * no process behind.
 */
import { Command, CommanderError } from 'commander';
import { registerDown } from './commands/down.ts';
import { registerEnv } from './commands/env.ts';
import { registerFault } from './commands/fault.ts';
import { registerStatus } from './commands/status.ts';
import { registerUp } from './commands/up.ts';
import { SandboxNotRunningError } from './commands/running-sandbox.ts';

/** Exit codes as for every other verb: 0 done, 1 error, 64 wrong usage. */
export async function runSandbox(argv: readonly string[]): Promise<number> {
  const program = new Command('cutover sandbox')
    .description('the local world: Temporal, API servers, an emulated AWS, a shop and its users')
    .exitOverride();
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  for (const register of [registerUp, registerDown, registerStatus, registerFault, registerEnv])
    register(program, finish);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 64;
    if (!(cause instanceof SandboxNotRunningError)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    return 1;
  }
}

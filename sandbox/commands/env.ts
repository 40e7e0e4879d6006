import type { Command } from 'commander';
import { findSandbox } from './running-sandbox.ts';

export function registerEnv(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('env')
    .description('prints the exports for another shell: eval "$(npx cutover sandbox env)"')
    .action(async () => {
      const { environment } = await findSandbox();
      for (const [name, value] of Object.entries(environment))
        process.stdout.write(`export ${name}=${quoted(value)}\n`);
      finish(0);
    });
}

/** For POSIX shells: nothing inside single quotes means anything but another single quote. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { takeDown } from '#sandbox/processes/sweep.ts';
import { sandboxDirectory } from './running-sandbox.ts';

export function registerDown(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('down')
    .description('ends everything, also what a killed `up` left behind')
    .action(async () => {
      const stateDir = sandboxDirectory();
      const ended = await takeDown(stateDir);
      await rm(stateDir, { recursive: true, force: true });
      process.stderr.write(
        ended.length === 0 ? 'nothing was running\n' : `ended ${ended.length} processes\n`,
      );
      finish(0);
    });
}

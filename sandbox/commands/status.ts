import Table from 'cli-table3';
import { Option, type Command } from 'commander';
import { request } from 'undici';
import { z } from 'zod';
import { runningProcesses } from '#sandbox/processes/ledger.ts';
import { trafficClient } from '#sandbox/traffic/traffic-client.ts';
import { findSandbox, sandboxDirectory } from './running-sandbox.ts';

/** Users of the last while, so that the picture is of now. */
const WINDOW_MS = 30_000;

const auditSchema = z.object({
  entries: z.array(z.object({ operation: z.string(), principalArn: z.string() })),
});

export function registerStatus(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('status')
    .description('what is up, and how users fare')
    .addOption(
      new Option('-o, --output <format>', 'how').choices(['table', 'json']).default('table'),
    )
    .action(async ({ output }: { readonly output: string }) => {
      const sandbox = await findSandbox();
      const traffic = await trafficClient(sandbox.origins.traffic).summary({
        fromMs: Date.now() - WINDOW_MS,
      });
      const processes = runningProcesses(sandboxDirectory()).length;
      const calls = await engineCalls(sandbox.awsUrl);
      if (output === 'json')
        process.stdout.write(
          `${JSON.stringify({ ...sandbox, environment: undefined, processes, engineCalls: calls, traffic })}\n`,
        );
      else {
        const table = new Table({
          head: ['cluster', 'requests (30 s)', 'failed', 'p50 ms', 'p99 ms'],
          style: { head: [] },
        });
        for (const [colour, of] of Object.entries(traffic.colours))
          table.push([colour, of.requests, of.failed, of.p50Ms.toFixed(0), of.p99Ms.toFixed(0)]);
        process.stdout.write(
          `${table.toString()}\nfront door ${sandbox.frontDoorUrl}, Temporal UI ${sandbox.temporal.uiUrl}, ${processes} processes, ${calls} AWS calls by the engine\n`,
        );
      }
      finish(0);
    });
}

async function engineCalls(awsUrl: string): Promise<number> {
  const { body } = await request(`${awsUrl}/_sandbox/audit`);
  const { entries } = auditSchema.parse(await body.json());
  return entries.filter(({ principalArn }) => principalArn.endsWith('role/cutover-engine')).length;
}

import type { MigrationClient } from '../migration-client.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import type { StartResult } from '../migrations/start-migration.ts';
import { createOutput, plain, type Output } from '../show/output.ts';
import { pollersOf } from '../temporal/pollers.ts';
import { QUEUES } from '#domain/queues.ts';
import { finalData } from './final-data.ts';
import { follow } from './follow.ts';
import type { OutputOptions, WaitingOptions } from './options.ts';
import { senderName } from './sender.ts';
import { withClient } from './with-client.ts';

export interface StartOptions extends OutputOptions, WaitingOptions {
  readonly by?: string;
}

/** `cutover start`: begins the migration of a plan, or attaches to it where it runs or has completed. */
export async function startCommand(file: string, options: StartOptions): Promise<ExitCode> {
  const output = createOutput(options);
  const requestedBy = senderName(options.by);
  const { plan } = await loadPlan(file);
  return withClient(async (client) => {
    const started = await client.start(plan, { requestedBy });
    if (options.wait !== true && options.until === undefined) {
      output.data(started, (_, colors) =>
        [
          sentence(started),
          colors.dim(`watch it with: cutover status ${started.workflowId} --watch`),
        ].join('\n'),
      );
      await warnWithoutWorker(client, output);
      return EXIT.done;
    }
    output.say(sentence(started));
    const followed = await follow(client, started.workflowId, output, options);
    finalData(output, started, followed);
    return followed.code;
  });
}

function sentence(started: StartResult): string {
  const id = plain(started.workflowId);
  if (started.how === 'attached')
    return `attached to ${id}: this plan is running or completed already`;
  return started.previous === null
    ? `started ${id}`
    : `started a new attempt of ${id}; the one before it ended: ${started.previous}`;
}

async function warnWithoutWorker(client: MigrationClient, output: Output): Promise<void> {
  const { lastPollSecondsAgo } = await pollersOf(client.temporal, QUEUES.main, 'workflow');
  if (lastPollSecondsAgo === null)
    output.say(
      `no worker polls queue ${QUEUES.main}: nothing happens until you start \`cutover worker\``,
    );
}

import { assertNever } from '#domain/assert-never.ts';
import type { MigrationClient } from '../migration-client.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { MigrationStatus } from '../migrations/read-status.ts';
import { isOpen } from '../migrations/snapshot.ts';
import type { Progress } from '../migrations/wait-for-migration.ts';
import { createOutput, type Output } from '../show/output.ts';
import { snapshotFrame } from '../show/snapshot-frame.ts';
import { statusFrame } from '../show/status-frame.ts';
import { finalData } from './final-data.ts';
import { follow } from './follow.ts';
import type { OutputOptions, WaitingOptions } from './options.ts';
import { withClient } from './with-client.ts';

export interface StatusOptions extends OutputOptions, WaitingOptions {
  readonly watch?: boolean;
}

/** `cutover status`: what a migration is doing; with `--watch` until people are needed or it ends. */
export async function statusCommand(
  target: string | undefined,
  options: StatusOptions,
): Promise<ExitCode> {
  const output = createOutput(options);
  return withClient(async (client) => {
    const workflowId = await client.find(target);
    const watches = options.watch === true || options.wait === true || options.until !== undefined;
    if (watches) return watch(client, workflowId, output, options);
    const status = await client.look(
      workflowId,
      options.timeout === undefined ? {} : { deadlineMs: options.timeout },
    );
    return show(output, status);
  });
}

function show(output: Output, status: MigrationStatus): ExitCode {
  switch (status.kind) {
    case 'view':
      output.data(status.view, (view, colors) => statusFrame(view, Date.now(), colors));
      return EXIT.done;
    case 'snapshot': {
      const { snapshot, result, because } = status;
      output.data({ ...snapshot, result }, (_, colors) => snapshotFrame(snapshot, result, colors));
      output.say(`this is what Temporal knows by itself: ${because.message}`);
      // A closed run's result is all there is to know; an open one's doings are not known now.
      return isOpen(snapshot) ? EXIT.timedOut : EXIT.done;
    }
    default:
      return assertNever(status);
  }
}

/** JSON goes out as a stream: one object per change, the last one when the watch ends. */
async function watch(
  client: MigrationClient,
  workflowId: string,
  output: Output,
  options: StatusOptions,
): Promise<ExitCode> {
  if (output.format !== 'json') {
    const followed = await follow(client, workflowId, output, options);
    finalData(output, { workflowId }, followed);
    return followed.code;
  }
  const onProgress = ({ view, snapshot }: Progress): void => output.line(view ?? snapshot);
  return (await follow(client, workflowId, output, { ...options, onProgress })).code;
}

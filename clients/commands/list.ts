import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { MigrationSnapshot } from '../migrations/snapshot.ts';
import { createOutput, plain, type Colors } from '../show/output.ts';
import { table } from '../show/table.ts';
import type { OutputOptions } from './options.ts';
import { withClient } from './with-client.ts';

export interface ListOptions extends OutputOptions {
  readonly all?: boolean;
  readonly atGate?: boolean;
  readonly phase?: string;
  readonly cluster?: string;
  readonly limit: number;
}

/** `cutover list`: the migrations of the namespace, newest first; those that run, or all. */
export async function listCommand(options: ListOptions): Promise<ExitCode> {
  const output = createOutput(options);
  return withClient(async (client) => {
    const found = await client.list({
      openOnly: options.all !== true,
      atGate: options.atGate ?? false,
      limit: options.limit,
      ...(options.phase === undefined ? {} : { activity: options.phase }),
      ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    });
    output.data(found, migrationTable);
    if (found.length === 0)
      output.say(
        options.all === true
          ? 'no migration is known here'
          : 'no migration runs; --all shows those that have ended',
      );
    return EXIT.done;
  });
}

function migrationTable(found: readonly MigrationSnapshot[], colors: Colors): string {
  const rows = found.map((item) => [
    plain(item.cluster),
    item.targetVersion,
    item.outcome ?? item.activity,
    `${item.greenWeightPercent} %`,
    plain(item.requestedBy),
    item.runStartedAt,
    item.endedAt ?? '',
    plain(item.workflowId),
  ]);
  return table(
    ['blue', 'to', 'state', 'green', 'by', 'started', 'ended', 'workflow id'],
    rows,
    colors,
  );
}

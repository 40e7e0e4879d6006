import type { MigrationStatus } from '../migrations/read-status.ts';
import { plain, type Colors } from './output.ts';
import { indented } from './table.ts';
import { weightBar } from './weight-bar.ts';

/** What Temporal knows without a worker, on a few lines. */
export function snapshotFrame(
  status: Extract<MigrationStatus, { readonly kind: 'snapshot' }>,
  colors: Colors,
): string {
  const { snapshot, result } = status;
  const state = snapshot.outcome ?? (snapshot.activity === '' ? snapshot.runStatus : snapshot.activity);
  const lines = [
    `${colors.bold(plain(snapshot.workflowId))}  ${state}`,
    colors.dim(
      `plan ${plain(snapshot.plan)}, requested by ${plain(snapshot.requestedBy)}, run started ${snapshot.runStartedAt}${snapshot.endedAt === null ? '' : `, ended ${snapshot.endedAt}`}`,
    ),
    '',
    indented(`${weightBar(snapshot.greenWeightPercent, colors)}  green ${snapshot.greenWeightPercent} %`),
  ];
  if (result !== null && result.reason !== '') lines.push('', indented(plain(result.reason)));
  for (const phase of result?.phases ?? []) lines.push(indented(`${phase.name.padEnd(12)} ${phase.seconds} s`));
  return lines.join('\n');
}

import type { MigrationOutcome } from '#workflows/input.ts';
import type { MigrationSnapshot } from '../migrations/snapshot.ts';
import { plain, type Colors } from './output.ts';
import { indented } from './table.ts';
import { weightBar } from './weight-bar.ts';

/** What Temporal knows without a worker, on a few lines. */
export function snapshotFrame(
  snapshot: MigrationSnapshot,
  result: MigrationOutcome | null,
  colors: Colors,
): string {
  const activity = snapshot.activity === '' ? snapshot.runStatus : snapshot.activity;
  const ended = snapshot.endedAt === null ? '' : `, ended ${snapshot.endedAt}`;
  const bar = weightBar(snapshot.greenWeightPercent, colors);
  const lines = [
    `${colors.bold(plain(snapshot.workflowId))}  ${snapshot.outcome ?? activity}`,
    colors.dim(
      `plan ${plain(snapshot.plan)}, requested by ${plain(snapshot.requestedBy)}, run started ${snapshot.runStartedAt}${ended}`,
    ),
    '',
    indented(`${bar}  green ${snapshot.greenWeightPercent} %`),
  ];
  if (result !== null && result.reason !== '') lines.push('', indented(plain(result.reason)));
  if (result !== null && result.phases.length > 0)
    lines.push(
      '',
      ...result.phases.map(({ name, seconds }) => indented(`${name.padEnd(12)} ${seconds} s`)),
    );
  return lines.join('\n');
}

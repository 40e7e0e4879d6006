import type { Output } from '../show/output.ts';
import { snapshotFrame } from '../show/snapshot-frame.ts';
import { statusFrame } from '../show/status-frame.ts';
import type { Followed } from './follow.ts';

/**
 * The last word of a command that waited: `data`, why the waiting ended, the outcome and the status. On a terminal
 * whose last frame stands already nothing is printed twice.
 */
export function finalData(output: Output, data: object, followed: Followed): void {
  const { end, snapshot, view } = followed.result;
  if (output.format === 'table' && followed.drawn && process.stdout.isTTY) return;
  output.data({ ...data, end, outcome: snapshot.outcome, status: view ?? snapshot }, (_, colors) =>
    view === null ? snapshotFrame(snapshot, null, colors) : statusFrame(view, Date.now(), colors),
  );
}

import type { ForeignEdit } from '#domain/traffic/foreign-edits.ts';
import { halt } from './halt.ts';
import type { Run } from './run.ts';

/**
 * Somebody else changed weights (I2, I15). Towards blue is a wish of somebody who wants users back; anything else holds, and
 * people say what is meant.
 */
export function holdOnEdit(run: Run, { towards, reasons }: ForeignEdit, at: string): void {
  const reason = reasons.join('; ');
  if (towards === 'blue') run.stop({ kind: 'rollback', by: 'guard', reason, at, force: false });
  else halt(run, reason);
}

/**
 * An edit of a weight that was in force: nothing is expected of weights, and so nothing told twice, until people have answered and
 * they are written again.
 */
export function holdOnEditInForce(run: Run, edit: ForeignEdit, at: string): void {
  holdOnEdit(run, edit, at);
  if (edit.towards === 'elsewhere') run.record((state) => ({ ...state, weightsDoubted: true }));
}

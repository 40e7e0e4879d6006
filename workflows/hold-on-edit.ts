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

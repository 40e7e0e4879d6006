import type { ExitCode } from '../exit-codes.ts';
import { decide } from './decide.ts';
import type { GateOptions } from './options.ts';

/** `cutover reject`: one person's no at a gate. At `shift` it ends the run, at `retire` it holds at 100 % green. */
export function rejectCommand(target: string | undefined, options: GateOptions): Promise<ExitCode> {
  return decide({ verb: 'reject', target, options, question: () => null });
}

import type { ExitCode } from '../exit-codes.ts';
import { decide } from './decide.ts';
import type { GateOptions } from './options.ts';

/** `cutover approve`: one person's yes at a gate. */
export function approveCommand(
  target: string | undefined,
  options: GateOptions,
): Promise<ExitCode> {
  return decide({
    verb: 'approve',
    target,
    options,
    question: ({ workflowId, gate }) =>
      gate === 'retire'
        ? `Approve gate retire of ${workflowId}? Once blue is proven idle it is removed, for good.`
        : null,
  });
}

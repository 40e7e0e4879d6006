import type { ExitCode } from '../exit-codes.ts';
import { decide } from './decide.ts';
import type { SenderOptions } from './options.ts';

/** `cutover abort`: roll back, then stop. */
export function abortCommand(
  target: string | undefined,
  options: SenderOptions,
): Promise<ExitCode> {
  return decide({
    verb: 'abort',
    target,
    options,
    question: ({ workflowId }) =>
      `Abort ${workflowId}? All new requests go back to blue and the migration ends.`,
  });
}

import type { ExitCode } from '../exit-codes.ts';
import { decide } from './decide.ts';
import type { SenderOptions } from './options.ts';

/** `cutover resume`: ends a pause or a halt. */
export function resumeCommand(
  target: string | undefined,
  options: SenderOptions,
): Promise<ExitCode> {
  return decide({ verb: 'resume', target, options, question: () => null });
}

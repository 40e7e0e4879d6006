import type { ExitCode } from '../exit-codes.ts';
import { decide } from './decide.ts';
import type { SenderOptions } from './options.ts';

/** `cutover pause`: no new step and no bake clock until `resume`; guard and gate expiry go on. */
export function pauseCommand(
  target: string | undefined,
  options: SenderOptions,
): Promise<ExitCode> {
  return decide({ verb: 'pause', target, options, question: () => null });
}

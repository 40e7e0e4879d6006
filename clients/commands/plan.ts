import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import { createOutput } from '../show/output.ts';
import { planText } from '../show/plan-text.ts';
import { planView } from '../show/plan-view.ts';
import type { OutputOptions } from './options.ts';

/** `cutover plan`: checks a plan file and prints what it will do. Asks nobody, changes nothing. */
export async function planCommand(file: string, options: OutputOptions): Promise<ExitCode> {
  const { plan } = await loadPlan(file);
  createOutput(options).data(planView(plan), planText);
  return EXIT.done;
}

import { matrixPathFor, readMatrix } from '../certify/matrix-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import { createOutput } from '../show/output.ts';
import { planText } from '../show/plan-text.ts';
import { planView } from '../show/plan-view.ts';
import type { OutputOptions } from './options.ts';

export interface PlanOptions extends OutputOptions {
  readonly matrix?: string;
}

/** `cutover plan`: checks a plan file and prints what it will do. Asks nobody, changes nothing. */
export async function planCommand(file: string, options: PlanOptions): Promise<ExitCode> {
  const { plan } = await loadPlan(file);
  const matrixFile = matrixPathFor(file, options.matrix);
  const matrix = await readMatrix(matrixFile);
  createOutput(options).data(planView(plan, matrix), planText);
  return EXIT.done;
}

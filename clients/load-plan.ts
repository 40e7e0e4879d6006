import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { ClientError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { formatProblems, readPlanFile, type PlanFileProblem } from './plan-file.ts';

/** @public The plan cannot be used; every problem with file, line, column and field. */
export class PlanProblemsError extends ClientError {
  override readonly name = 'PlanProblemsError';
  readonly problems: readonly PlanFileProblem[];

  constructor(file: string, problems: readonly PlanFileProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`${file} has ${count}:\n${formatProblems(problems)}`, {
      next: 'correct the file; `cutover schema` prints what is allowed, for editors',
      exitCode: EXIT.usage,
    });
    this.problems = problems;
  }
}

/** A plan that passed every check. @param source a path, or `-` for standard input. Throws `PlanProblemsError`. */
export async function loadPlan(
  source: string,
): Promise<{ readonly file: string; readonly plan: MigrationPlan }> {
  const result = await readPlanFile(source);
  if (result.kind === 'invalid') throw new PlanProblemsError(result.file, result.problems);
  return { file: result.file, plan: result.plan };
}

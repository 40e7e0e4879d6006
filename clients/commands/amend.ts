import { describeProblem } from '#domain/amendment/amendment.ts';
import { changesBetween } from '#domain/amendment/plan-comparison.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import type { Message } from '#domain/migration/messages.ts';
import type { AmendmentPreview } from '#workflows/messages.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import { workflowIdOfPlan } from '../migrations/plan-identity.ts';
import { createOutput, plain, type Output } from '../show/output.ts';
import { decide } from './decide.ts';
import type { SenderOptions } from './options.ts';
import { withClient } from './with-client.ts';

export interface AmendOptions extends SenderOptions {
  readonly dryRun?: boolean;
}

/**
 * `cutover amend`: a whole changed plan file against the plan in force of a migration that runs. What would change is shown, asked
 * about and sent; or, with `--dry-run`, only shown. The migration judges the changes, before and when they are sent.
 */
export async function amendCommand(
  file: string,
  target: string | undefined,
  options: AmendOptions,
): Promise<ExitCode> {
  const { plan } = await loadPlan(file);
  if (options.dryRun !== true && (options.reason ?? '').trim() === '')
    throw new UsageError(
      'an amendment changes what people have approved, so it needs a reason',
      'add --reason "why", or --dry-run to see what would change',
    );
  const output = createOutput(options);
  const look = await lookAt(plan, target, options);
  const { workflowId, differences, problems } = look;
  if (problems.length > 0) {
    for (const problem of problems)
      output.say(output.messageColors.red(plain(describeProblem(problem))));
    return nothingSent(output, look, 'refused: the migration cannot be amended like this');
  }
  if (differences.length === 0)
    return nothingSent(output, look, 'nothing to amend: the plan in force says so already');
  if (options.dryRun === true) return nothingSent(output, look, sentences(look).join('\n'));
  for (const line of sentences(look)) output.say(line);
  return decide({
    verb: 'amend',
    target: workflowId,
    options,
    amendment: look.amendment,
    also: { differences },
    question: () => `Amend ${workflowId} like this?`,
  });
}

interface Look extends AmendmentPreview {
  readonly workflowId: string;
  readonly amendment: Pick<Message, 'changes' | 'basis'>;
}

async function lookAt(
  plan: MigrationPlan,
  target: string | undefined,
  { timeout }: AmendOptions,
): Promise<Look> {
  const deadline = timeout === undefined ? {} : { deadlineMs: timeout };
  return withClient(async (client) => {
    const workflowId = target === undefined ? workflowIdOfPlan(plan) : await client.find(target);
    const inForce = await client.plan(workflowId, deadline);
    const { changes, problems } = changesBetween(inForce.plan, plan);
    const preview = await client.previewAmendment(workflowId, changes, deadline);
    return {
      workflowId,
      amendment: { changes, basis: inForce.amendments },
      differences: preview.differences,
      problems: [...problems, ...preview.problems],
    };
  });
}

function nothingSent(output: Output, look: Look, text: string): ExitCode {
  const { workflowId, differences, problems } = look;
  const refused = problems.length > 0;
  if (refused && output.format === 'table') output.say(text);
  else output.data({ workflowId, accepted: false, differences, problems }, () => text);
  return refused ? EXIT.error : EXIT.done;
}

function sentences({ differences }: AmendmentPreview): readonly string[] {
  return differences.map(({ sentence }) => plain(sentence));
}

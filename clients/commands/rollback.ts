import { describeAction } from '#domain/migration/rollback-plan.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createOutput } from '../show/output.ts';
import { breakGlassCommand } from './break-glass.ts';
import { decide } from './decide.ts';
import type { SenderOptions } from './options.ts';
import { withClient } from './with-client.ts';

export interface RollbackOptions extends SenderOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  /** A capsule: a file, `ssm:` and a path of parameters, or `s3://BUCKET/KEY`. */
  readonly breakGlass?: string;
}

/** `cutover rollback`: everything back to blue, or with `--dry-run` what that would do now. */
export async function rollbackCommand(
  target: string | undefined,
  options: RollbackOptions,
): Promise<ExitCode> {
  if (options.breakGlass !== undefined) {
    if (target !== undefined)
      throw new UsageError(
        '--break-glass talks to no migration; the capsule says what is rolled back',
        'leave the migration out',
      );
    return breakGlassCommand(options.breakGlass, options);
  }
  if (options.dryRun === true) return showRollback(target, options);
  if (options.force === true && (options.reason ?? '').trim() === '')
    throw new UsageError(
      '--force moves traffic towards a side that is not proven able, so it needs a reason',
      'add --reason "why this is right"',
    );
  return decide({
    verb: 'rollback',
    target,
    options,
    force: options.force ?? false,
    question: ({ workflowId }) =>
      `Roll ${workflowId} back? All new requests go to blue${options.force === true ? ', whether blue is able or not' : ''}.`,
  });
}

async function showRollback(
  target: string | undefined,
  options: RollbackOptions,
): Promise<ExitCode> {
  const output = createOutput(options);
  return withClient(async (client) => {
    const workflowId = await client.find(target);
    const plan = await client.rollbackPlan(
      workflowId,
      options.timeout === undefined ? {} : { deadlineMs: options.timeout },
    );
    const refused = 'refused' in plan ? plan.refused : null;
    const actions = ('actions' in plan ? plan.actions : []).map((action) => ({
      ...action,
      does: describeAction(action),
    }));
    output.data({ workflowId, refused, actions }, () => {
      if (refused !== null) return `a rollback is refused: ${refused}`;
      if (actions.length === 0) return 'there is nothing to undo';
      return actions.map(({ does }, index) => `${index + 1}. ${does}`).join('\n');
    });
    return refused === null ? EXIT.done : EXIT.error;
  });
}

/**
 * `cutover rollback --break-glass CAPSULE`: a rollback that needs AWS credentials and nothing of ours that runs. Prints the
 * same calls as commands for a shell, asks, carries them out and reports. Invariants: never talks to Temporal; a capsule is
 * read strictly before anything of it is shown or done.
 */
import { readFile } from 'node:fs/promises';
import { assertNever } from '#domain/assert-never.ts';
import { reportIn, type BreakGlassReport } from '#domain/capsule/break-glass-report.ts';
import { capsuleCommands } from '#domain/capsule/capsule-commands.ts';
import { parseCapsule } from '#domain/capsule/capsule-parser.ts';
import { capsuleText, type Capsule } from '#domain/capsule/capsule.ts';
import { formatDurationSeconds } from '#domain/plan/durations.ts';
import { ClientError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createOutput, plain, type Colors } from '../show/output.ts';
import { table } from '../show/table.ts';
import { runWorkerProgram } from '../worker-program.ts';
import { confirmed } from './confirm.ts';
import type { RollbackOptions } from './rollback.ts';

/** How long it tries where `--timeout` does not say: an API that throttles for longer is not throttling us alone. */
const DEFAULT_LIMIT_MS = 15 * 60_000;

/** @param source a file, `ssm:` and a path of parameters, or `s3://BUCKET/KEY` */
export async function breakGlassCommand(
  source: string,
  options: RollbackOptions,
): Promise<ExitCode> {
  const output = createOutput(options);
  const capsule = await readCapsule(source);
  const commands = capsuleCommands(capsule);
  const head = `capsule of ${capsule.workflowId}, attempt ${capsule.migrationId}, written ${capsule.writtenAt}`;
  if (options.dryRun === true) {
    output.data({ capsule, commands }, () => [`# ${head}`, ...commands].join('\n'));
    return EXIT.done;
  }
  output.say([head, 'The same by hand:', ...commands.map((line) => `  ${line}`)].join('\n'));
  const question = `Send ${capsule.routes.length === 1 ? 'this route' : `these ${capsule.routes.length} routes`} to blue now?`;
  if (!(await confirmed(question, options.yes))) {
    output.say('nothing was sent');
    return EXIT.error;
  }
  const report = await carryOut(capsule, options);
  output.data({ workflowId: capsule.workflowId, ...report, commands }, (_, colors) =>
    reportText(report, colors),
  );
  switch (report.outcome) {
    case 'rolled-back':
      return EXIT.rolledBack;
    case 'not-able':
      return EXIT.halted;
    case 'failed':
      return EXIT.error;
    default:
      return assertNever(report.outcome);
  }
}

async function carryOut(capsule: Capsule, options: RollbackOptions): Promise<BreakGlassReport> {
  const limitMs = options.timeout ?? DEFAULT_LIMIT_MS;
  const args = ['run', String(limitMs), ...(options.force === true ? ['force'] : [])];
  const { stdout } = await runWorkerProgram('break-glass', args, capsuleText(capsule));
  const report = reportIn(stdout);
  if (report !== null) return report;
  throw new ClientError('the capsule could not be carried out; the reason stands above', {
    next: 'mend it and repeat the command, or paste the commands above into a shell; both are harmless twice',
  });
}

async function readCapsule(source: string): Promise<Capsule> {
  const parsed = parseCapsule(await capsuleTextOf(source));
  if (parsed.ok) return parsed.capsule;
  throw new ClientError(`${plain(source)} is no capsule:\n  ${parsed.problems.join('\n  ')}`, {
    next: 'give the file that the worker wrote (CUTOVER_CAPSULES), ssm: and the path of the parameters, or s3://BUCKET/KEY',
  });
}

async function capsuleTextOf(source: string): Promise<string> {
  if (/^(?:ssm:|s3:\/\/)/u.test(source)) {
    const { stdout, code } = await runWorkerProgram('break-glass', ['read', source]);
    if (code === 0) return stdout;
    throw new ClientError(`${plain(source)} cannot be read; the reason stands above`, {
      next: 'correct the name, AWS_REGION or the credentials; or fetch it by other means and give the file',
    });
  }
  try {
    return await readFile(source, 'utf8');
  } catch (cause) {
    throw new ClientError(
      `${plain(source)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { next: 'correct the path', cause },
    );
  }
}

function reportText({ routes }: BreakGlassReport, colors: Colors): string {
  const results = {
    'on-blue': colors.green('on blue'),
    'not-able': colors.yellow('stays: blue has nobody'),
    failed: colors.red('failed'),
  };
  const rows = routes.map(({ id, result, attempts, reasserted, seconds, problem, resource }) => [
    id,
    results[result],
    seconds === null ? '' : formatDurationSeconds(Math.ceil(seconds)),
    String(attempts),
    String(reasserted),
    plain(problem === '' ? resource : problem),
  ]);
  return table(['route', 'result', 'after', 'writes', 'brought back again', ''], rows, colors);
}

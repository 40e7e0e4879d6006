/**
 * The command line: what there is to type. Each verb's work is in `commands/` and loaded only when it is called, so
 * `--help` and usage errors are quick. Invariants: data on stdout, messages on stderr; the exit code is one of
 * `exit-codes.ts`; wrong usage is 64 and never a stack. Called by `bin/cutover.mjs`.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDurationMs } from '#domain/plan/durations.ts';
import { GATES } from '#domain/migration/phases.ts';
import { FEWEST_SAMPLES } from '#domain/judge/sample-floors.ts';
import { reportFailure } from './report-failure.ts';

/** Runs one command and resolves to its exit code; never rejects. @param argv what was typed after `cutover` */
export async function runCli(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', endQuietly);
  process.stderr.on('error', endQuietly);
  let code = 0;
  const program = commandLine(argv, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (cause) {
    return reportFailure(cause);
  }
}

/** Whoever reads our pipe has seen enough (`cutover … | head`). */
function endQuietly(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'EPIPE') throw cause;
  process.exit();
}

function commandLine(argv: readonly string[], done: (code: number) => void): Command {
  const program = new Command('cutover')
    .description('Moves live traffic from one EKS cluster to its successor, and back.')
    .exitOverride()
    .showHelpAfterError('(cutover <verb> --help shows what is allowed)')
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', EXIT_CODES);
  addPlanVerbs(program, done);
  addWatchVerbs(program, done);
  addDecisionVerbs(program, done);
  addJudgeVerb(program, done);
  addHouseVerbs(program, argv, done);
  return program;
}

const EXIT_CODES = `
Exit codes: 0 done or accepted, 1 error or refused, 2 warnings, 3 blocked or failed the judge, 4 rolled back, 5 waiting for a person,
6 timed out, nobody answered or no data, 7 halted, 8 rejected or aborted by a person, 64 wrong usage.`;

type Done = (code: number) => void;

/** A command's action, loaded when it is called. */
function lazily<Args extends readonly unknown[]>(
  done: Done,
  load: () => Promise<(...args: Args) => Promise<number>>,
): (...args: Args) => Promise<void> {
  return async (...args) => done(await (await load())(...args));
}

function addPlanVerbs(program: Command, done: Done): void {
  withOutput(program.command('init'))
    .description('draft the plan of a cluster from what stands around it; changes nothing')
    .requiredOption('--cluster <name>', 'the EKS cluster that serves now (blue)')
    .option('--region <region>', 'its region (default: $AWS_REGION)')
    .option('--role <arn>', 'role to read with (default: your own credentials)')
    .option('--external-id <id>', 'that the role asks for')
    .option(
      '--target-version <minor>',
      'of green, such as 1.36 (default: the next that EKS offers)',
    )
    .option('--green <name>', 'of the cluster to make (default: after blue)')
    .action(lazily(done, async () => (await import('./commands/init.ts')).initCommand));
  withOutput(program.command('plan'))
    .description('check a plan file and print what it will do; changes and asks nothing')
    .argument('<file>', 'plan file, or - for standard input')
    .option(
      '--matrix <file>',
      'certified add-ons (default: certified-addons.json beside the plan, where there is one)',
    )
    .action(lazily(done, async () => (await import('./commands/plan.ts')).planCommand));
  program
    .command('preflight')
    .description('what stands against a plan, asked by a worker now; or against manifests')
    .argument('[plan]', 'plan file, or - for standard input')
    .option(
      '--manifests <source>',
      'instead: a file, a folder, or - for standard input; asks no cluster, needs no Temporal',
    )
    .option('--target-version <minor>', 'of manifests: Kubernetes version of green, such as 1.36')
    .option(
      '--from-version <minor>',
      'of manifests: version of blue; what was gone there already is told apart (default: unknown)',
    )
    .addOption(
      new Option('-o, --output <format>', 'format of the data on stdout')
        .choices(['table', 'json', 'yaml', 'sarif', 'markdown'])
        .default('table'),
    )
    .option('--no-color', 'no colours')
    .action(lazily(done, async () => (await import('./commands/preflight.ts')).preflightCommand));
  withOutput(program.command('certify'))
    .description(
      'try the add-on versions of a plan on a throw-away cluster, and keep the verdicts in a file',
    )
    .argument('<plan>', 'plan file, or - for standard input')
    .option('--kubernetes <minor>', 'version to try them on (default: green’s in the plan)')
    .option('--matrix <file>', 'file of verdicts (default: certified-addons.json beside the plan)')
    .option('--junit <file>', 'write a test report for CI there')
    .action(lazily(done, async () => (await import('./commands/certify.ts')).certifyCommand));
  program
    .command('schema')
    .description('print the JSON schema of the plan file')
    .addOption(
      new Option('-o, --output <format>', 'format').choices(['json', 'yaml']).default('json'),
    )
    .action(lazily(done, async () => (await import('./commands/schema.ts')).schemaCommand));
  withWait(withOutput(program.command('start')))
    .description('start the migration of a plan, or attach to it')
    .argument('<plan>', 'plan file, or - for standard input')
    .addOption(byOption())
    .action(lazily(done, async () => (await import('./commands/start.ts')).startCommand));
}

function addWatchVerbs(program: Command, done: Done): void {
  withWait(withOutput(withTarget(program.command('status'))))
    .description('show what a migration is doing')
    .option(
      '-w, --watch',
      'show every change until it ends or halts; with -o json one object per line',
    )
    .action(lazily(done, async () => (await import('./commands/status.ts')).statusCommand));
  withOutput(program.command('list'))
    .description('list the migrations that run')
    .option('-a, --all', 'also those that have ended')
    .option('--at-gate', 'only those that wait at a gate')
    .option('--phase <phase>', 'only those doing this: a phase, gate:shift, halted, …')
    .option('--cluster <name>', 'only those of this blue cluster')
    .option('--limit <count>', 'at most this many', wholeNumber, 100)
    .action(lazily(done, async () => (await import('./commands/list.ts')).listCommand));
}

function addDecisionVerbs(program: Command, done: Done): void {
  decision(program, 'approve', 'say yes at a gate')
    .addOption(gateOption())
    .action(lazily(done, async () => (await import('./commands/approve.ts')).approveCommand));
  decision(
    program,
    'reject',
    'say no at a gate; at shift it ends the migration, at retire it holds',
  )
    .addOption(gateOption())
    .action(lazily(done, async () => (await import('./commands/reject.ts')).rejectCommand));
  decision(program, 'pause', 'no new step until resume; the guard stays on').action(
    lazily(done, async () => (await import('./commands/pause.ts')).pauseCommand),
  );
  decision(program, 'resume', 'end a pause or a halt').action(
    lazily(done, async () => (await import('./commands/resume.ts')).resumeCommand),
  );
  withSender(
    program
      .command('amend')
      .argument('<file>', 'the whole plan, changed; or - for standard input')
      .argument('[migration]', 'workflow id, or name of a blue cluster (default: the plan’s own)'),
  )
    .description('change what lies ahead of a migration that runs: steps, bakes, limits, waits')
    .option('--dry-run', 'only show what would change')
    .action(lazily(done, async () => (await import('./commands/amend.ts')).amendCommand));
  decision(program, 'rollback', 'send everything back to blue')
    .option('--dry-run', 'only show what a rollback would do now')
    .option(
      '--break-glass <capsule>',
      'without Temporal and without a worker: carry out this capsule (a file, ssm:PATH or s3://BUCKET/KEY) with AWS credentials alone',
    )
    .option('--force', 'even if blue is not proven able; needs --reason')
    .action(lazily(done, async () => (await import('./commands/rollback.ts')).rollbackCommand));
  decision(program, 'abort', 'roll back, then stop').action(
    lazily(done, async () => (await import('./commands/abort.ts')).abortCommand),
  );
}

function addJudgeVerb(program: Command, done: Done): void {
  withOutput(program.command('judge'))
    .description('compare two files of samples as green is compared with blue; asks nobody')
    .requiredOption(
      '--control <file>',
      'CSV of what is compared with (blue): metric names, then a sample per row',
    )
    .requiredOption('--experiment <file>', 'CSV of what is judged (green)')
    .option('--config <file>', 'Kayenta canary configuration (default: every column is a metric)')
    .option('--confidence <share>', 'of the intervals, such as 0.98', share(0.5, 0.9999))
    .option(
      '--tolerance <share>',
      'of the estimate that its interval must clear, such as 0.25',
      share(0, 1),
    )
    .addOption(
      new Option('--direction <direction>', 'which difference is bad, for all metrics').choices([
        'increase',
        'decrease',
        'either',
      ]),
    )
    .option(
      '--min-samples <count>',
      'with fewer a side a metric has no data',
      wholeNumber,
      FEWEST_SAMPLES,
    )
    .action(lazily(done, async () => (await import('./commands/judge.ts')).judgeCommand));
}

function addHouseVerbs(program: Command, argv: readonly string[], done: Done): void {
  withOutput(program.command('doctor'))
    .description('check everything a migration needs, with remedies')
    .argument('[plan]', 'also check this plan file')
    .option(
      '--orphans',
      'instead: find split weights without a live run, from capsules and the plan (exit code 2)',
    )
    .action(lazily(done, async () => (await import('./commands/doctor.ts')).doctorCommand));
  passedThrough(program.command('worker'))
    .description('run a worker here until it is told to stop')
    .action(async () =>
      done(await (await import('./commands/worker.ts')).workerCommand(argv.slice(1))),
    );
  passedThrough(program.command('sandbox'))
    .description('the local world to try it in: up, down, status, fault, env')
    .action(async () =>
      done(await (await import('./commands/sandbox.ts')).sandboxCommand(argv.slice(1))),
    );
}

/** Its arguments are somebody else's, options and `--help` included. The program itself has no options before it. */
function passedThrough(command: Command): Command {
  return command.argument('[args...]').allowUnknownOption().passThroughOptions().helpOption(false);
}

function decision(program: Command, verb: string, description: string): Command {
  return withSender(withTarget(program.command(verb))).description(description);
}

function withSender(command: Command): Command {
  return withWait(withOutput(command))
    .option('--reason <text>', 'why; kept with the decision')
    .addOption(byOption())
    .option('--id <id>', 'id of this decision; repeating it changes nothing (default: a new one)')
    .option('-y, --yes', 'do not ask');
}

function withTarget(command: Command): Command {
  return command.argument(
    '[migration]',
    'workflow id, plan file, or name of a blue cluster or plan; none: the one that runs',
  );
}

function withOutput(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <format>', 'format of the data on stdout')
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .option('--no-color', 'no colours');
}

function withWait(command: Command): Command {
  return command
    .option('--wait', 'wait until the migration ends or halts; the exit code says how')
    .addOption(
      new Option('--until <point>', 'wait, and also stop (exit code 5) when a gate waits').choices([
        'gate',
        'end',
      ]),
    )
    .option(
      '--timeout <duration>',
      'give up after this long, such as 90s or 2h (exit code 6; without --wait: of the answer, 10s)',
      duration,
    );
}

function byOption(): Option {
  return new Option('--by <name>', 'who decides (default: $CUTOVER_USER, or your user name)');
}

function gateOption(): Option {
  return new Option('--gate <gate>', 'the gate meant (default: the one that waits)').choices(GATES);
}

/** Milliseconds. */
function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms === 0)
    throw new InvalidArgumentError('a duration such as 30s, 10m or 24h is allowed.');
  return ms;
}

function share(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a number from ${least} to ${most} is allowed.`);
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new InvalidArgumentError('a whole number from 1 to 1000 is allowed.');
}

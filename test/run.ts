/**
 * `npm test [JEST ARGUMENT…]`: makes the programs of the sandbox ready (a no-op the second time), runs jest and ends
 * with the plain line `N passed, N failed`. A suite that could not even load counts as one failure, so that a broken
 * import cannot pass as "0 failed". Of a whole run (no arguments) suites that failed are asked once more, alone: what passes then
 * depends on how busy the machine was, is named as such to be mended, and counts as passed.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fieldsOf } from '#domain/json/json-fields.ts';
import { setUpTools } from '#sandbox/tools/set-up-tools.ts';
import { TOOL_NAMES } from '#sandbox/tools/tool.ts';
import { bundleWorkflows } from '#workers/workflow-bundle.ts';

interface Totals {
  readonly passed: number;
  readonly failed: number;
}

interface Outcome extends Totals {
  readonly failedSuites: readonly string[];
}

/** More than these are no matter of a busy machine. */
const MOST_AGAIN = 3;

process.exitCode = await main(process.argv.slice(2));

async function main(jestArguments: readonly string[]): Promise<number> {
  await setUpTools(TOOL_NAMES);
  const folder = await mkdtemp(join(tmpdir(), 'cutover-test-'));
  try {
    const report = join(folder, 'report.json');
    const bundle = join(folder, 'workflows.js');
    await writeFile(bundle, (await bundleWorkflows()).code);
    process.env['CUTOVER_TEST_BUNDLE'] = bundle;
    const first = await outcomeOf(jestArguments, report);
    if (first === null) return 1;
    const { failedSuites } = first;
    const isToBeAsked =
      jestArguments.length === 0 && failedSuites.length > 0 && failedSuites.length <= MOST_AGAIN;
    const again = isToBeAsked
      ? await outcomeOf(['--runTestsByPath', ...failedSuites, '--maxWorkers=1'], report)
      : null;
    const totals = again === null ? first : withAnswers(first, again);
    process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
    return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the suites that failed answered when they were asked alone. */
function withAnswers(first: Outcome, again: Outcome): Totals {
  const mended = first.failedSuites.filter((file) => !again.failedSuites.includes(file));
  for (const file of mended)
    process.stderr.write(`failed among others and passed alone, mend it: ${file}\n`);
  const { failed } = again;
  return { passed: first.passed + first.failed - failed, failed };
}

/** Null where jest was ended by somebody; that is said. */
async function outcomeOf(
  jestArguments: readonly string[],
  report: string,
): Promise<Outcome | null> {
  const signal = await runJest([...jestArguments, '--json', `--outputFile=${report}`]);
  if (signal === null) return readOutcome(await readFile(report, 'utf8'));
  process.stderr.write(`jest was ended by ${signal}: nothing is known of the tests\n`);
  return null;
}

/** Jest's own figures are read from its report; its JSON on stdout is dropped, its progress is on stderr. Returns what ended it; null: itself. */
function runJest(jestArguments: readonly string[]): Promise<NodeJS.Signals | null> {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const child = spawn(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', jest, ...jestArguments],
    // A group of its own: whoever ends this program ends jest's workers too, which would go on by themselves.
    { stdio: ['inherit', 'ignore', 'inherit'], detached: true },
  );
  const end = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (_, signal) => resolve(signal));
  });
}

function readOutcome(text: string): Outcome {
  const report = fieldsOf(JSON.parse(text));
  const count = (name: string): number => {
    const value = report[name];
    return typeof value === 'number' ? value : 0;
  };
  const suites: readonly unknown[] = Array.isArray(report['testResults'])
    ? report['testResults']
    : [];
  return {
    passed: count('numPassedTests'),
    failed: count('numFailedTests') + count('numRuntimeErrorTestSuites'),
    failedSuites: suites
      .map(fieldsOf)
      .filter(({ status }) => status === 'failed')
      .map(({ name }) => String(name)),
  };
}

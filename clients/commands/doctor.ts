import { ok, skipped, type Check } from '../doctor/check.ts';
import { checkNode, checkPlanFile } from '../doctor/local-checks.ts';
import { checkNamespace, checkSearchAttributes, checkWorkers } from '../doctor/temporal-checks.ts';
import { ClientError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createOutput, type Colors } from '../show/output.ts';
import { indented } from '../show/table.ts';
import { connectTemporal } from '../temporal/connect.ts';
import type { OutputOptions } from './options.ts';
import { orphansCommand } from './orphans.ts';

/** `cutover doctor`: looks at everything a migration needs from here, and says how to heal what is missing. */
export async function doctorCommand(
  plan: string | undefined,
  options: OutputOptions & {
    /** Instead: look for split weights without a run. */
    readonly orphans?: boolean;
  },
): Promise<ExitCode> {
  if (options.orphans === true) return orphansCommand(plan, options);
  const checks = [
    checkNode(process.versions.node),
    ...(await temporalChecks()),
    ...(plan === undefined ? [] : [await checkPlanFile(plan)]),
  ];
  createOutput(options).data({ checks }, (_, colors) =>
    checks.map((check) => line(check, colors)).join('\n'),
  );
  if (checks.some(({ status }) => status === 'fail')) return EXIT.error;
  return checks.some(({ status }) => status === 'warn') ? EXIT.warnings : EXIT.done;
}

async function temporalChecks(): Promise<readonly Check[]> {
  const name = 'Temporal';
  try {
    const access = await connectTemporal();
    try {
      const namespace = await checkNamespace(access);
      const there = ok(name, access.address);
      if (namespace.status === 'fail')
        return [there, namespace, ...unreached('the namespace is not there')];
      return [
        there,
        namespace,
        await checkSearchAttributes(access),
        ...(await checkWorkers(access)),
      ];
    } finally {
      await access.connection.close();
    }
  } catch (cause) {
    if (!(cause instanceof ClientError)) throw cause;
    return [
      { name, status: 'fail', found: cause.message, remedy: [cause.next] },
      skipped('Temporal namespace', 'Temporal is not reachable'),
      ...unreached('Temporal is not reachable'),
    ];
  }
}

function unreached(because: string): readonly Check[] {
  return [skipped('search attributes', because), skipped('workers', because)];
}

function line(check: Check, colors: Colors): string {
  const head = `${MARKS[check.status](colors)} ${check.name}: ${check.found}`;
  return check.remedy.length === 0
    ? head
    : `${head}\n${indented(check.remedy.map((step) => colors.bold(step)).join('\n'), 4)}`;
}

const MARKS: Readonly<Record<Check['status'], (colors: Colors) => string>> = {
  ok: (colors) => colors.green('✔'),
  warn: (colors) => colors.yellow('!'),
  fail: (colors) => colors.red('✖'),
  skipped: (colors) => colors.dim('–'),
};

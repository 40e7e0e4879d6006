import { compareVersions } from '#domain/addon-versions.ts';
import { NEWEST_KNOWN } from '#domain/api-removals/removed-apis.ts';
import { assertNever } from '#domain/assert-never.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import { manifestFiles } from '../preflight/manifest-files.ts';
import { reportOf, type PreflightReport } from '../preflight/report.ts';
import { sarifOf } from '../preflight/sarif.ts';
import { scanManifests } from '../preflight/scan-manifests.ts';
import { reportMarkdown, reportText } from '../preflight/show-report.ts';
import { createOutput } from '../show/output.ts';
import { withClient } from './with-client.ts';

export interface PreflightOptions {
  readonly output: 'table' | 'json' | 'yaml' | 'sarif' | 'markdown';
  readonly color: boolean;
  readonly manifests?: string;
  readonly targetVersion?: string;
  readonly fromVersion?: string;
}

const MINOR = /^1\.\d{1,3}$/u;

/** `cutover preflight`: what stands against a plan, asked by a worker; or against manifests, asked of nobody. Changes nothing. */
export async function preflightCommand(
  file: string | undefined,
  options: PreflightOptions,
): Promise<ExitCode> {
  const report = file === undefined ? await ofManifests(options) : await ofPlan(file, options);
  show(report, options);
  const { block, warn, to } = report.summary;
  if (compareVersions(to, NEWEST_KNOWN) > 0)
    process.stderr.write(
      `note: what Kubernetes ${to} removes is known as far as ${NEWEST_KNOWN} announced it\n`,
    );
  if (block > 0) return EXIT.blocked;
  return warn > 0 ? EXIT.warnings : EXIT.done;
}

async function ofPlan(file: string, options: PreflightOptions): Promise<PreflightReport> {
  const { manifests, targetVersion, fromVersion } = options;
  if (manifests !== undefined || targetVersion !== undefined || fromVersion !== undefined)
    throw new UsageError(
      'a plan says itself which versions it is about, and its manifests are on blue',
      'give a plan file, or --manifests with --target-version',
    );
  const { plan } = await loadPlan(file);
  return withClient(async (client) => {
    const { findings, blueVersion } = await client.preflight(plan);
    return reportOf(findings, { from: blueVersion, to: plan.spec.green.version });
  });
}

async function ofManifests(options: PreflightOptions): Promise<PreflightReport> {
  const { manifests, targetVersion, fromVersion } = options;
  if (manifests === undefined || targetVersion === undefined)
    throw new UsageError(
      'there is nothing to look at',
      'give a plan file, or --manifests with --target-version',
    );
  const span = {
    from: fromVersion === undefined ? null : minor('--from-version', fromVersion),
    to: minor('--target-version', targetVersion),
  };
  if (span.from !== null && compareVersions(span.from, span.to) > 0)
    throw new UsageError(
      `--from-version ${span.from} is newer than --target-version ${span.to}`,
      'name the version of blue and the version of green',
    );
  return scanManifests(manifestFiles(manifests), span);
}

function minor(option: string, text: string): string {
  if (MINOR.test(text)) return text;
  throw new UsageError(
    `${option} is ${JSON.stringify(text)}`,
    'give a Kubernetes minor such as 1.36',
  );
}

function show(report: PreflightReport, { output, color }: PreflightOptions): void {
  switch (output) {
    case 'table':
    case 'json':
    case 'yaml':
      createOutput({ output, color }).data(report, reportText);
      return;
    case 'sarif':
      process.stdout.write(`${JSON.stringify(sarifOf(report), null, 2)}\n`);
      return;
    case 'markdown':
      process.stdout.write(`${reportMarkdown(report)}\n`);
      return;
    default:
      assertNever(output);
  }
}

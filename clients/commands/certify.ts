import { writeFile } from 'node:fs/promises';
import { withCertification } from '#domain/addon-matrix/addon-matrix.ts';
import {
  addonsWithRows,
  certifyJunit,
  certifyText,
  type CertifyReport,
} from '../certify/certify-report.ts';
import { matrixPathFor, readMatrix, writeMatrix } from '../certify/matrix-file.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadPlan } from '../load-plan.ts';
import { createOutput, type Output } from '../show/output.ts';
import type { OutputOptions } from './options.ts';
import { withClient } from './with-client.ts';

export interface CertifyCommandOptions extends OutputOptions {
  readonly kubernetes?: string;
  readonly matrix?: string;
  readonly junit?: string;
}

const MINOR = /^1\.\d{1,3}$/u;

/**
 * `cutover certify`: tries the add-on versions that a migration would install, on a throw-away cluster, and writes the verdicts into the
 * matrix. What stands in the matrix is not tried again: doing it twice adds nothing.
 */
export async function certifyCommand(
  file: string,
  options: CertifyCommandOptions,
): Promise<ExitCode> {
  const output = createOutput(options);
  const { plan } = await loadPlan(file);
  const kubernetes = options.kubernetes ?? plan.spec.green.version;
  if (!MINOR.test(kubernetes))
    throw new UsageError(
      `--kubernetes is ${JSON.stringify(kubernetes)}`,
      'give a Kubernetes minor such as 1.36',
    );
  if (plan.spec.addons.probes === undefined)
    throw new UsageError(
      'the plan names no image for probes',
      'add `addons.probes.image`: any image with Node.js 20 or newer',
    );
  const matrixFile = matrixPathFor(file, options.matrix);
  const known = (await readMatrix(matrixFile)) ?? { rows: [] };
  const ended = await stoppable(output, (signal) =>
    withClient(async (client) => client.certify(plan, { kubernetes, known, signal })),
  );
  if (ended === null) {
    output.say('stopped; the throw-away cluster is gone, and the matrix is as it was');
    return EXIT.interrupted;
  }
  const tried = ended.kind === 'tried' ? ended : null;
  const matrix = tried === null ? known : withCertification(known, { kubernetes, ...tried });
  const added = matrix.rows.length - known.rows.length;
  if (added > 0) await writeMatrix(matrixFile, matrix);
  const report: CertifyReport = {
    kubernetes,
    tried: tried !== null,
    addons: addonsWithRows(matrix, kubernetes, ended.addons),
    report: tried?.report ?? { results: [], leftOut: [] },
    matrixFile,
    added,
  };
  if (options.junit !== undefined) await writeFile(options.junit, certifyJunit(report));
  output.data(report, certifyText);
  return isWell(report) ? EXIT.done : EXIT.blocked;
}

function isWell({ addons, report }: CertifyReport): boolean {
  const failed = report.results.some(({ verdict }) => verdict.kind !== 'passed');
  return !failed && addons.every(({ row }) => row !== null && row.result !== 'failed');
}

/** Ctrl-C asks for the end, which comes when the cluster is gone. */
async function stoppable<Result>(
  output: Output,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const onSignal = (): void => {
    output.say('stopping: the throw-away cluster is deleted first, also if this command is killed');
    stop.abort();
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

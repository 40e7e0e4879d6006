import {
  rowOf,
  type AddonMatrix,
  type AddonVersion,
  type MatrixRow,
} from '#domain/addon-matrix/addon-matrix.ts';
import { junitOf } from '#domain/addon-probes/junit.ts';
import type { ProbeReport } from '#domain/addon-probes/probe-result.ts';
import { plain, type Colors } from '../show/output.ts';
import { table } from '../show/table.ts';

/** What `cutover certify` says: JSON-stable, printed as a table or as JUnit. */
export interface CertifyReport {
  readonly kubernetes: string;
  /** Was a cluster made? Where nothing was new, none was. */
  readonly tried: boolean;
  /** Of what a migration would install now. A version whose probes could not be asked has none. */
  readonly addons: readonly (AddonVersion & { readonly row: MatrixRow | null })[];
  /** What was asked this time; empty where nothing was. */
  readonly report: ProbeReport;
  readonly matrixFile: string;
  /** How many rows the matrix got. */
  readonly added: number;
}

export function addonsWithRows(
  matrix: AddonMatrix,
  kubernetes: string,
  addons: readonly AddonVersion[],
): CertifyReport['addons'] {
  return addons.map((addon) => ({ ...addon, row: rowOf(matrix, kubernetes, addon) }));
}

/** What was not tried again is `skipped`, with the day of its verdict. */
export function certifyJunit({ kubernetes, tried, addons, report }: CertifyReport): string {
  const known = tried
    ? []
    : addons.map(({ addon, version, row }) => ({
        probe: `${addon} ${version}`,
        reason: row === null ? 'not tried' : `${row.result} on ${row.date}; not tried again`,
      }));
  return junitOf([
    {
      name: `add-ons on Kubernetes ${kubernetes}`,
      report: { results: report.results, leftOut: [...known, ...report.leftOut] },
    },
  ]);
}

export function certifyText(view: CertifyReport, colors: Colors): string {
  const { kubernetes, tried, report, matrixFile, added } = view;
  const head = tried
    ? `${colors.bold(`Add-ons on Kubernetes ${kubernetes}`)}: tried on a cluster of their own, which is gone again`
    : `${colors.bold(`Add-ons on Kubernetes ${kubernetes}`)}: all of them were tried before; nothing was made`;
  const probes = report.results.map(({ probe, addon, verdict }) => [
    verdict.kind === 'failed' ? colors.red(verdict.kind) : verdict.kind,
    probe,
    addon,
    plain(verdict.evidence),
  ]);
  return [
    head,
    addonTable(view.addons, colors),
    ...(tried ? [table(['probe', 'name', 'add-on', 'evidence'], probes, colors)] : []),
    ...report.leftOut.map(({ probe, reason }) => colors.dim(`left out: ${probe} (${reason})`)),
    `${added} new ${added === 1 ? 'row' : 'rows'} in ${matrixFile}`,
  ].join('\n');
}

export function addonTable(addons: CertifyReport['addons'], colors: Colors): string {
  const rows = addons.map(({ addon, version, row }) => [
    addon,
    version,
    row === null ? 'not certified' : row.result === 'failed' ? colors.red('failed') : row.result,
    row === null ? '' : row.date,
    plain(row?.evidence ?? ''),
  ]);
  return table(['add-on', 'version', 'result', 'on', ''], rows, colors);
}

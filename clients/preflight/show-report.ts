import { plain, type Colors } from '../show/output.ts';
import { table } from '../show/table.ts';
import type { PreflightReport, ReportedFinding } from './report.ts';

/** Findings for people: as a table on a terminal, as Markdown in a pull request. */
export function reportText(report: PreflightReport, colors: Colors): string {
  const paint = { block: colors.red, warn: colors.yellow, info: colors.dim } as const;
  const rows = report.findings.map((finding) => [
    paint[finding.severity](finding.severity),
    finding.code,
    plain(objectOf(finding)),
    plain(placeOf(finding)),
  ]);
  const details = report.findings.map(
    (finding) =>
      `${paint[finding.severity](finding.code)} ${plain(objectOf(finding))}: ${plain(finding.title)}\n  ${plain(finding.evidence)}\n  next: ${plain(finding.remedy)}`,
  );
  return [
    ...(rows.length === 0
      ? []
      : [table(['severity', 'code', 'object', 'where'], rows, colors), '']),
    ...details.flatMap((detail) => [detail, '']),
    ...(report.summary.ways ?? []).map((way) => colors.dim(way)),
    summaryOf(report),
  ].join('\n');
}

export function reportMarkdown(report: PreflightReport): string {
  const rows = report.findings.map(
    (finding) =>
      `| ${finding.severity} | \`${finding.code}\` | ${cell(objectOf(finding))} | ${cell(finding.title)}; ${cell(finding.evidence)} | ${cell(finding.remedy)} | ${cell(placeOf(finding))} |`,
  );
  return [
    `### Cutover preflight: Kubernetes ${report.summary.to}`,
    '',
    ...(rows.length === 0
      ? []
      : [
          '| severity | code | object | finding | next | where |',
          '|---|---|---|---|---|---|',
          ...rows,
          '',
        ]),
    ...(report.summary.ways ?? []).flatMap((way) => [cell(way), '']),
    summaryOf(report),
  ].join('\n');
}

function summaryOf({ summary }: PreflightReport): string {
  const { files, objects, releases, block, warn, info, from, to } = summary;
  const way = from === null ? `up to ${to}` : `from ${from} to ${to}`;
  const what =
    files === undefined
      ? 'the plan'
      : `${objects ?? 0} objects in ${files} files and ${releases ?? 0} Helm releases`;
  return `${what}, ${way}: ${block} block, ${warn} warn, ${info} info`;
}

function objectOf({ resource }: ReportedFinding): string {
  const { kind, namespace, name } = resource;
  if (kind === '') return name === '' ? '–' : name;
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`.trimEnd();
}

function placeOf({ file, line }: ReportedFinding): string {
  return file === undefined ? '' : `${file}:${line ?? 1}`;
}

/** Nothing in a table may end its cell, or become a link or markup. */
function cell(text: string): string {
  return plain(text).replace(/[\\`*_[\]<>|]/gu, '\\$&');
}

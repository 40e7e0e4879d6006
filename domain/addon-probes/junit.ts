import { assertNever } from '#domain/assert-never.ts';
import type { ProbeReport, ProbeResult } from './probe-result.ts';

/**
 * A report as JUnit XML, as CI systems read it: one suite per cluster or combination, one case per probe, its class the add-on. A
 * probe that was left out or could not be asked is `skipped`, with its reason. Source: the schema of Jenkins's xUnit plugin.
 */
export interface JunitSuite {
  readonly name: string;
  readonly report: ProbeReport;
}

export function junitOf(suites: readonly JunitSuite[]): string {
  const lines = suites.flatMap(({ name, report }) => {
    const failures = report.results.filter(({ verdict }) => verdict.kind === 'failed').length;
    const notRun = report.results.filter(({ verdict }) => verdict.kind === 'not-run').length;
    const skipped = notRun + report.leftOut.length;
    const tests = report.results.length + report.leftOut.length;
    return [
      `  <testsuite name="${xml(name)}" tests="${tests}" failures="${failures}" errors="0" skipped="${skipped}">`,
      ...report.results.flatMap(caseOf),
      ...report.leftOut.flatMap(({ probe, reason }) => [
        `    <testcase classname="left out" name="${xml(probe)}">`,
        `      <skipped message="${xml(reason)}"/>`,
        '    </testcase>',
      ]),
      '  </testsuite>',
    ];
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf({ probe, addon, verdict }: ProbeResult): readonly string[] {
  const open = `    <testcase classname="${xml(addon)}" name="${xml(probe)}">`;
  const evidence = xml(verdict.evidence);
  switch (verdict.kind) {
    case 'passed':
      return [open, `      <system-out>${evidence}</system-out>`, '    </testcase>'];
    case 'failed':
      return [open, `      <failure message="${evidence}"/>`, '    </testcase>'];
    case 'not-run':
      return [open, `      <skipped message="${evidence}"/>`, '    </testcase>'];
    default:
      return assertNever(verdict);
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Also without what XML 1.0 has no place for: control characters, halves of surrogate pairs. */
function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?')
    .replaceAll(/[&<>"']/gu, (sign) => ENTITIES[sign] ?? '');
}

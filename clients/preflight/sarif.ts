import type { PreflightReport, ReportedFinding } from './report.ts';

/** Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a pull request. */
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVELS = { block: 'error', warn: 'warning', info: 'note' } as const;

export function sarifOf({ findings }: PreflightReport): unknown {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cutover preflight',
            rules: codes.map((code) => ruleOf(code, findings)),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: LEVELS[finding.severity],
          message: { text: `${finding.title} (${finding.evidence}). Next: ${finding.remedy}.` },
          locations: [placeOf(finding)],
        })),
      },
    ],
  };
}

function ruleOf(code: string, findings: readonly ReportedFinding[]): unknown {
  const source = findings.find((one) => one.code === code)?.source;
  return { id: code, ...(source === undefined ? {} : { helpUri: source }) };
}

/** A file and a line; of what is in no file, its name. */
function placeOf({ file, line, resource }: ReportedFinding): unknown {
  return file === undefined
    ? { logicalLocations: [{ fullyQualifiedName: resource.name, kind: 'resource' }] }
    : {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line ?? 1 },
        },
      };
}

/** Relative names stay relative: a code host looks them up in the repository. */
function uriOf(file: string): string {
  return file.replace(/^\.\//u, '').split('/').map(encodeURIComponent).join('/');
}

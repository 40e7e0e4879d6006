import type { ObjectRef } from '#domain/api-removals/object-finding.ts';
import { FINDING_SOURCES } from '#domain/preflight/finding-sources.ts';
import type { Finding } from '#domain/preflight/finding.ts';
import { upgradeWays } from '#domain/preflight/upgrade-ways.ts';

/** What preflight found, in the form in which people, scripts and code hosts get it. JSON-stable. */
export interface PreflightReport {
  /** Blocks first. */
  readonly findings: readonly ReportedFinding[];
  readonly summary: PreflightSummary;
}

export interface ReportedFinding {
  readonly code: Finding['code'];
  readonly severity: Finding['severity'];
  readonly title: string;
  /** Of AWS's resources the service is the `apiVersion`; where only a name is known, only it is given. */
  readonly resource: ObjectRef;
  readonly evidence: string;
  readonly remedy: string;
  readonly source: string;
  /** Where it stands, of a manifest. */
  readonly file?: string;
  readonly line?: number;
}

export interface PreflightSummary {
  readonly block: number;
  readonly warn: number;
  readonly info: number;
  /** Kubernetes minors; null: nobody said where the way begins. */
  readonly from: string | null;
  readonly to: string;
  /** Of a plan: would an upgrade in place do, and what does each way cost? A sentence each. */
  readonly ways?: readonly string[];
  /** Of manifests. */
  readonly files?: number;
  readonly objects?: number;
  readonly releases?: number;
}

export function countsOf(
  findings: readonly Pick<ReportedFinding, 'severity'>[],
): Pick<PreflightSummary, 'block' | 'warn' | 'info'> {
  const of = (severity: Finding['severity']): number =>
    findings.filter((one) => one.severity === severity).length;
  return { block: of('block'), warn: of('warn'), info: of('info') };
}

/** Of a plan's preflight. */
export function reportOf(
  findings: readonly Finding[],
  span: { readonly from: string; readonly to: string },
): PreflightReport {
  const reported = findings.map(({ code, severity, title, resource, remedy, about }) => ({
    code,
    severity,
    title,
    resource: about?.resource ?? refOf(resource),
    evidence: about?.evidence ?? title,
    remedy,
    source: about?.source ?? sourceOf(code),
  }));
  const ways = upgradeWays({ ...span, offered: [], nodegroups: 0 });
  return { findings: reported, summary: { ...countsOf(findings), ...span, ways } };
}

function sourceOf(code: string): string {
  return Object.entries(FINDING_SOURCES).find(([known]) => known === code)?.[1] ?? '';
}

/** `arn:aws:SERVICE:region:account:KIND/…`, or a name. */
function refOf(resource: string): ObjectRef {
  const [arn, , service = '', , , ...rest] = resource.split(':');
  const nameless = { namespace: '', name: resource };
  if (arn !== 'arn' || rest.length === 0) return { apiVersion: '', kind: '', ...nameless };
  return { apiVersion: service, kind: rest.join(':').split('/')[0] ?? '', ...nameless };
}

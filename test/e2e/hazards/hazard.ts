import type { Finding } from '#domain/preflight/finding.ts';
import type { Reported } from './report.ts';

/** One thing that is wrong on purpose, and how preflight must name it. */
export interface Hazard {
  readonly code: Finding['code'];
  /** As a report has it: `Kind namespace/name` of Kubernetes' objects, else the name or ARN alone. */
  readonly resource: string;
}

/** Is it this hazard that was found? */
export function isFound({ code, resource }: Hazard, findings: readonly Reported[]): boolean {
  return findings.some((finding) => {
    const { kind, namespace, name } = finding.resource;
    const place = namespace === '' ? name : `${namespace}/${name}`;
    return finding.code === code && (resource === place || resource === `${kind} ${place}`);
  });
}

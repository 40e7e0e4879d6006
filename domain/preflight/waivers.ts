import { OBJECT_FINDING_CODES } from '#domain/api-removals/object-finding.ts';
import { finding, type Finding } from './finding.ts';

/**
 * Findings that people have looked at and answer for: a waiver takes a finding's block or warning away until its day, and leaves
 * the finding to be seen with its reason. Only what people can judge better than Cutover can be waived: nothing that
 * a rollback or the proof of weights stands on.
 */
export interface Waiver {
  readonly code: string;
  /** As the finding names it; absent: every resource. */
  readonly resource?: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which it holds, UTC. */
  readonly expires: string;
}

export const WAIVABLE_CODES = [
  ...OBJECT_FINDING_CODES,
  'insight-error',
  'insight-warning',
  'insight-unknown',
  'blue-health-issue',
  'version-support',
  'deprecated-api-asked',
  'group-admits-blue',
  'blue-owned-elsewhere',
] as const;

/** @param today `YYYY-MM-DD`, UTC */
export function waive(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  today: string,
): readonly Finding[] {
  const inForce = waivers.filter(({ expires }) => expires >= today);
  const waived = findings.map((one) => {
    const waiver = inForce.find((candidate) => covers(candidate, one));
    if (waiver === undefined || one.severity === 'info') return one;
    const title = `${one.title} (waived until ${waiver.expires}: ${waiver.reason})`;
    return { ...one, severity: 'info' as const, title };
  });
  const expired = waivers.filter(
    (waiver) => waiver.expires < today && findings.some((one) => covers(waiver, one)),
  );
  return [
    ...waived,
    ...expired.map(({ code, expires, reason }) =>
      finding(
        'waiver-expired',
        'warn',
        code,
        `the waiver of ${code} (${reason}) ended on ${expires}`,
        'mend what it names, or look again and give the waiver a new day',
      ),
    ),
  ];
}

function covers({ code, resource }: Waiver, one: Finding): boolean {
  const isWaivable = WAIVABLE_CODES.some((waivable) => waivable === one.code);
  return isWaivable && one.code === code && (resource === undefined || resource === one.resource);
}

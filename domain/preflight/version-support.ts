import { EXTENDED_DOLLARS, STANDARD_DOLLARS } from './control-plane-price.ts';
import { finding, type Finding } from './finding.ts';

/**
 * How long EKS supports blue's version and the target, and what that costs. By EKS's own status, never by a calendar of ours: the
 * same cluster is judged alike whenever it is looked at. A part of `readiness.ts`. Source: Amazon EKS User Guide, "Understand the
 * Kubernetes version lifecycle on EKS".
 */
export interface OfferedKubernetes {
  /** Such as `1.36`. */
  readonly version: string;
  readonly support: 'standard' | 'extended' | 'ended';
  /** Last days as EKS gives them, `YYYY-MM-DD`; null where it gives none. */
  readonly endOfStandard: string | null;
  readonly endOfExtended: string | null;
}

/** What a cluster can be made of. */
export function offeredIn(versions: readonly OfferedKubernetes[]): readonly string[] {
  return versions.filter(({ support }) => support !== 'ended').map(({ version }) => version);
}

/** A month of a control plane costs so many dollars more in extended support. */
const MORE_A_MONTH = Math.round((EXTENDED_DOLLARS - STANDARD_DOLLARS) * 730);
const COST = `a control plane costs $${EXTENDED_DOLLARS.toFixed(2)} an hour instead of $${STANDARD_DOLLARS.toFixed(2)}, $${MORE_A_MONTH} more a month`;

export function supportFindings(
  versions: readonly OfferedKubernetes[],
  blue: { readonly name: string; readonly version: string },
  targetVersion: string,
): readonly Finding[] {
  const ofBlue = versions.find(({ version }) => version === blue.version);
  const ofTarget = versions.find(({ version }) => version === targetVersion);
  const newest = versions.filter(({ support }) => support === 'standard').map(nameOf);
  const better = newest.length === 0 ? 'a newer one' : `one of ${newest.join(', ')}`;
  return [
    ...(ofTarget?.support === 'extended'
      ? [
          finding(
            'version-support',
            'warn',
            targetVersion,
            `standard support of the target ${targetVersion} ended${on(ofTarget.endOfStandard)}: ${COST}, until${day(ofTarget.endOfExtended)}`,
            `move to ${better}, which EKS supports at the standard price`,
          ),
        ]
      : []),
    ...(ofTarget?.support === 'ended'
      ? [
          finding(
            'version-support',
            'warn',
            targetVersion,
            `support of the target ${targetVersion} ended${on(ofTarget.endOfExtended)}`,
            `move to ${better}`,
          ),
        ]
      : []),
    ...(ofBlue === undefined || ofBlue.support === 'standard' ? [] : [ofBlueItself(blue, ofBlue)]),
  ];
}

function ofBlueItself(
  blue: { readonly name: string; readonly version: string },
  { support, endOfStandard, endOfExtended }: OfferedKubernetes,
): Finding {
  return support === 'ended'
    ? finding(
        'version-support',
        'info',
        blue.name,
        `support of blue's ${blue.version} ended${on(endOfExtended)}: EKS upgrades such a cluster by itself, without asking`,
        'migrate soon, and tell AWS support if it must not be upgraded meanwhile',
      )
    : finding(
        'version-support',
        'info',
        blue.name,
        `standard support of blue's ${blue.version} ended${on(endOfStandard)}: ${COST}, for as long as blue is kept; EKS upgrades it by itself after${day(endOfExtended)}`,
        'end the soak when you are sure: blue costs this until it is gone',
      );
}

function nameOf({ version }: OfferedKubernetes): string {
  return version;
}

function on(date: string | null): string {
  return date === null ? '' : ` on ${date}`;
}

function day(date: string | null): string {
  return date === null ? ' a day that EKS does not give' : ` ${date}`;
}

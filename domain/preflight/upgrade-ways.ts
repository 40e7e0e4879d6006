import { EXTENDED_DOLLARS, STANDARD_DOLLARS } from './control-plane-price.ts';

/**
 * In place, or blue and green? Both ways of one upgrade with what speaks for and against them, and what each costs. Source of the
 * rules: Amazon EKS User Guide, "Update existing cluster to new Kubernetes version" and "Roll back a cluster" (one minor version at a
 * time; back within 7 days, to the version before, never a cluster created at its version).
 */
export interface UpgradeFacts {
  /** Blue's version, such as `1.34`. */
  readonly from: string;
  readonly to: string;
  /** What EKS offers now; empty where it is not known. */
  readonly offered: readonly string[];
  readonly nodegroups: number;
}

/** A sentence a line. */
export function upgradeWays({ from, to, offered, nodegroups }: UpgradeFacts): readonly string[] {
  const minors = minorOf(to) - minorOf(from);
  const isOffered = offered.length === 0 || offered.includes(to);
  return [
    `From ${from} to ${to}: ${ways(minors)}`,
    ...(isOffered
      ? []
      : [`EKS does not offer ${to} now; it offers ${sorted(offered).join(', ')}.`]),
    ...(minors === 1
      ? [
          `In place fits, if nothing but the version changes: nothing is paid twice, and EKS takes the control plane back to ${from} within 7 days ` +
            'if its rollback insights allow it. Nodes must go back first, add-ons and data do not go back, and every user is on the new version at once.',
        ]
      : minors > 1
        ? [
            `In place does not fit well: EKS upgrades one minor version at a time, so this is ${minors} upgrades of control plane, add-ons and nodes, ` +
              'and EKS takes back only the last of them, within 7 days.',
          ]
        : []),
    'Blue and green fits where users are to move by shares, compared and brought back in seconds, at any version distance, or where network, ' +
      'node groups or access are to change as well.',
    `It costs a second control plane ($${STANDARD_DOLLARS.toFixed(2)} an hour, $${EXTENDED_DOLLARS.toFixed(2)} in extended support) and ` +
      `${nodegroups === 0 ? 'nodes' : `nodes like blue’s ${nodegroups} node group${nodegroups === 1 ? '' : 's'}`} until blue is gone. Green can never be ` +
      'rolled back in place: the way back is blue.',
  ];
}

function ways(minors: number): string {
  if (minors === 0) return 'the same version; only blue and green gives a new cluster.';
  if (minors < 0)
    return 'an older version; only blue and green goes there, and objects of newer APIs may not.';
  return minors === 1 ? 'one minor version.' : `${minors} minor versions.`;
}

function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

function sorted(versions: readonly string[]): readonly string[] {
  return versions.toSorted((a, b) => minorOf(a) - minorOf(b));
}

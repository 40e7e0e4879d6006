import { finding, type Finding } from './finding.ts';

/**
 * A network that no EKS add-on made. A part of `readiness.ts`.
 */
export interface SelfManaged {
  /** Of the VPC CNI and CoreDNS, by their add-ons' names: those that people installed themselves. */
  readonly addons: readonly string[];
  /** The VPC CNI gives blue's pods their addresses, whoever installed it. */
  readonly hasCni: boolean;
}

export function selfManagedFindings(
  { addons, hasCni }: SelfManaged,
  blue: { readonly name: string; readonly hasNodegroups: boolean },
): readonly Finding[] {
  const own = addons.map((addon) =>
    finding(
      'addon-self-managed',
      'info',
      addon,
      `${addon} is no EKS add-on on blue: green gets the one that EKS installs with a cluster, in EKS’s version`,
      addon === 'coredns'
        ? 'nothing, if the Corefile is all that was changed: it goes over; other changes want to be made on green before the shift'
        : 'nothing, if its variables and ENIConfigs are all that was changed: they go over before the first node; other changes want to be made on green before the shift',
    ),
  );
  if (hasCni || !blue.hasNodegroups) return own;
  return [
    ...own,
    finding(
      'network-elsewhere',
      'warn',
      blue.name,
      'blue has no Amazon VPC CNI: something else gives its pods their addresses, and green gets the VPC CNI that EKS installs with a cluster',
      'install on green what blue has before the shift, or make green yourself and name it in the plan; nodes that came up before want to be replaced',
    ),
  ];
}

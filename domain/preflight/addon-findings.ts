import type { AddonChoice } from '#domain/addon-versions.ts';
import { misfitText, type Misfit } from '#domain/addon-probes/misfits.ts';
import { finding, type Finding } from './finding.ts';

/**
 * Can green have blue's add-ons? What the `addons` phase would refuse is told before anything is made. A part of `readiness.ts`.
 */
export interface AddonFit {
  readonly name: string;
  readonly choice: AddonChoice;
  /** Where blue's configuration does not fit the chosen version; null: EKS has no schema that can be read. */
  readonly misfits: readonly Misfit[] | null;
}

export function addonFindings(
  addons: readonly AddonFit[],
  targetVersion: string,
): readonly Finding[] {
  return addons.flatMap(({ name, choice, misfits }): readonly Finding[] => {
    if (choice.kind === 'unavailable')
      return [
        finding(
          'addon-unavailable',
          'block',
          name,
          `add-on ${name} for Kubernetes ${targetVersion}: ${choice.reason}`,
          'pin a version that is offered under `addons.pinned`, or take the add-on off blue first',
        ),
      ];
    if (misfits === null || misfits.length === 0) return [];
    return [
      finding(
        'addon-configuration',
        'block',
        name,
        `blue’s configuration of ${name} does not fit ${choice.version}:\n${misfitText(misfits)}`,
        'change it on blue to what both versions take, or pin a version under `addons.pinned`',
      ),
    ];
  });
}

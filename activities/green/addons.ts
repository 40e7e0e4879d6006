import { inInstallOrder } from '#domain/addon-versions.ts';
import { misfitText } from '#domain/addon-probes/misfits.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { moveAbout } from '#domain/health-moves.ts';
import { clientToken, ownershipTags } from '#domain/identity.ts';
import { blueRef, greenRef } from '#activities/access.ts';
import { thisRun } from '#activities/activity-run.ts';
import type { GreenInput, MigrationActivities } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';
import { chooseAddons } from './fit-addons.ts';

const NO_PROBES = 'none: the plan names no image for them (addons.probes)';

/**
 * Blue's add-ons on green, in versions made for the target. All versions are chosen before the first is installed,
 * so a plan that cannot work changes nothing; nor does one whose configuration a version does not take.
 */
export function addons(tools: Tools): Pick<MigrationActivities, 'installAddons' | 'awaitAddons'> {
  const { ports } = tools;
  return {
    installAddons: async (input) => {
      const { signal } = thisRun(tools);
      const { spec, ref } = input;
      const chosen = await chooseAddons(tools, spec, input.green.version, signal);
      const unread = await refuseMisfits(tools, input, chosen, signal);
      // One after the other: an add-on may need the one before it, and EKS serialises updates of a cluster anyway.
      for (const addon of inInstallOrder(chosen)) {
        const identity = {
          clientToken: clientToken(ref, `addon-${addon.name}`),
          tags: ownershipTags(ref),
        };
        await ports.addons.installLike(blueRef(spec), greenRef(spec), addon, identity, signal);
      }
      const versions = chosen.map(({ name, version }) => [name, version] as const);
      return {
        addons: chosen.length,
        ...Object.fromEntries(versions),
        ...(unread.length === 0 ? {} : { configurationsUnchecked: unread.join(', ') }),
        ...(spec.addons.probes === undefined ? { probes: NO_PROBES } : {}),
      };
    },

    awaitAddons: async ({ spec, green }) => {
      const run = thisRun(tools);
      const [wanted, present] = await Promise.all([
        ports.addons.list(blueRef(spec), run.signal),
        ports.addons.list(greenRef(spec), run.signal),
      ]);
      for (const { name } of wanted) {
        const resource = `${green.name}/${name}`;
        const twin = present.find((candidate) => candidate.name === name);
        // It may recover, as CoreDNS does when its nodes are there; nodes are ready by now.
        const isLostCause =
          twin?.status === 'DEGRADED' && run.elapsedMs() > tools.timings.addonRecoversWithinMs;
        if (twin?.failed === true || isLostCause)
          throw new CutoverFailure('addon-failed', `${twin.status}: ${twin.issues.join('; ')}`, {
            resource,
            nextMove: moveAbout(twin.issues),
          });
        if (twin?.ready !== true)
          throw run.waiting(
            [`add-on is ${twin?.status ?? 'absent'}`, ...(twin?.issues ?? [])].join('; '),
            resource,
          );
      }
    },
  };
}

/** Names of add-ons whose versions have no schema that can be read: EKS alone judges those. */
async function refuseMisfits(
  { ports }: Tools,
  { spec }: GreenInput,
  chosen: readonly { readonly name: string; readonly version: string }[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const blue = blueRef(spec);
  const judged = await Promise.all(
    chosen.map(async (addon) => ({
      addon,
      misfits: await ports.addons.misfits(blue, addon, signal),
    })),
  );
  const wrong = judged.filter(({ misfits }) => misfits !== null && misfits.length > 0);
  const [first] = wrong;
  if (first !== undefined)
    throw new CutoverFailure(
      'addon-configuration',
      wrong
        .map(
          ({ addon, misfits }) =>
            `blue's configuration of ${addon.name} does not fit ${addon.version}:\n${misfitText(misfits ?? [])}`,
        )
        .join('\n'),
      { resource: wrong.map(({ addon }) => addon.name).join(', ') },
    );
  return judged.flatMap(({ addon, misfits }) => (misfits === null ? [addon.name] : []));
}

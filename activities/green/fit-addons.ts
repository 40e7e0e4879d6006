import { chooseAddonVersion, type AddonChoice } from '#domain/addon-versions.ts';
import type { AddonFit } from '#domain/preflight/addon-findings.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { accessOf, blueRef } from '#activities/access.ts';
import type { Tools } from '#activities/tools.ts';

/** Which version of each of blue's add-ons green would get, and whether blue's configuration fits it. Reads only. */

type Spec = MigrationPlan['spec'];

/** Of every add-on; preflight tells all of them at once. */
export async function fitAddons(
  tools: Tools,
  spec: Spec,
  kubernetesVersion: string,
  signal: AbortSignal,
): Promise<readonly AddonFit[]> {
  const choices = await choicesFor(tools, spec, kubernetesVersion, signal);
  return Promise.all(
    choices.map(async ({ name, choice }) => {
      if (choice.kind !== 'chosen') return { name, choice, misfits: [] };
      const { version } = choice;
      const misfits = await tools.ports.addons.misfits(blueRef(spec), { name, version }, signal);
      return { name, choice, misfits };
    }),
  );
}

/** Versions of blue's add-ons for a Kubernetes version, by the plan's choice. Fails `addon-unavailable`. */
export async function chooseAddons(
  tools: Tools,
  spec: Spec,
  kubernetesVersion: string,
  signal: AbortSignal,
): Promise<readonly { readonly name: string; readonly version: string }[]> {
  const choices = await choicesFor(tools, spec, kubernetesVersion, signal);
  return choices.map(({ name, choice }) => {
    if (choice.kind === 'chosen') return { name, version: choice.version };
    throw new CutoverFailure('addon-unavailable', choice.reason, {
      resource: `${name} for Kubernetes ${kubernetesVersion}`,
    });
  });
}

async function choicesFor(
  { ports }: Tools,
  spec: Spec,
  kubernetesVersion: string,
  signal: AbortSignal,
): Promise<readonly { readonly name: string; readonly choice: AddonChoice }[]> {
  const installed = await ports.addons.list(blueRef(spec), signal);
  const access = accessOf(spec, 'green');
  return Promise.all(
    installed.map(async ({ name }) => {
      const offered = await ports.addons.offered(access, name, kubernetesVersion, signal);
      return { name, choice: chooseAddonVersion(name, offered, spec.addons) };
    }),
  );
}

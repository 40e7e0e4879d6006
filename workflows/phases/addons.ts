import { quick, waiting } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Blue's add-ons on green, in versions made for the target; then whether they do their work, where the plan says how to ask. */
export async function installAddons(run: Run): Promise<PhaseResult> {
  const facts = await quick("Install blue's add-ons").installAddons(run.greenInput);
  await waiting('Wait until add-ons are healthy').awaitAddons(run.greenInput);
  // Plans of runs that began before there were probes have none.
  if (run.spec.addons.probes === undefined) return { status: 'done', facts };
  const probed = await waiting('Ask green’s add-ons to do their work').probeAddons(run.greenInput);
  return { status: 'done', facts: { ...facts, ...probed } };
}

import { quick, waiting } from '../proxies.ts';
import type { PhaseResult, Run } from '../run.ts';

/** Blue's add-ons on green, in versions made for the target. */
export async function installAddons(run: Run): Promise<PhaseResult> {
  const facts = await quick("Install blue's add-ons").installAddons(run.greenInput);
  await waiting('Wait until add-ons are healthy').awaitAddons(run.greenInput);
  return { status: 'done', facts };
}

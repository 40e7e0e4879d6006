import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { blueRef, greenRef } from '#activities/access.ts';
import type { ActivityRun } from '#activities/activity-run.ts';
import type { GreenInput } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';
import { askAddons, type AddonAnswer } from './ask-addons.ts';
import { servesMetrics } from './metrics-api.ts';

/** One look at green's probes; blue says what must be there. */
export async function lookAtAddons(
  tools: Tools,
  run: ActivityRun,
  { ref, spec, resolved, green }: GreenInput,
  probes: NonNullable<MigrationPlan['spec']['addons']['probes']>,
): Promise<AddonAnswer> {
  const { ports } = tools;
  const [blue, kubernetes] = await Promise.all([
    ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal),
    ports.kubernetes.connect(greenRef(spec), green, run.signal),
  ]);
  const metricsExpected = await servesMetrics(blue, run.signal);
  return askAddons(tools, run, { kubernetes, ref, probes, metricsExpected });
}

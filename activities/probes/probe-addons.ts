import { nameOfProbe } from '#domain/addon-probes/probe.ts';
import { failedProbes, probeFacts, type ProbeReport } from '#domain/addon-probes/probe-result.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { MigrationPlan } from '#domain/plan/migration-plan.ts';
import { thisRun } from '#activities/activity-run.ts';
import type { GreenInput, MigrationActivities } from '#activities/contract.ts';
import type { Tools } from '#activities/tools.ts';
import { lookAtAddons } from './look-at-addons.ts';

/** Whether green's add-ons do their work, before anything depends on them. */
export function probeAddons(tools: Tools): Pick<MigrationActivities, 'probeAddons'> {
  return {
    probeAddons: async (input) => {
      const { probes } = input.spec.addons;
      if (probes === undefined) return {};
      const report = await reportOf(tools, input, probes);
      const failure = failedProbes(report);
      if (failure === null) return probeFacts(report);
      const { addon, what, nextMove } = failure;
      throw new CutoverFailure('addon-probe-failed', what, {
        resource: `${input.green.name}/${addon}`,
        nextMove,
      });
    },
  };
}

/** What all probes say; `waiting` while one is open. */
export async function reportOf(
  tools: Tools,
  input: GreenInput,
  probes: NonNullable<MigrationPlan['spec']['addons']['probes']>,
): Promise<ProbeReport> {
  const run = thisRun(tools);
  const asked = await lookAtAddons(tools, run, input, probes);
  if (asked.kind === 'decided') return asked.report;
  const open = asked.probes.map(nameOfProbe).join(', ');
  throw run.waiting(`probes are open: ${open}`, input.green.name);
}

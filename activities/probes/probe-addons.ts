import { nameOfProbe } from '#domain/addon-probes/probe.ts';
import { failedProbes, probeFacts } from '#domain/addon-probes/probe-result.ts';
import { CutoverFailure } from '#domain/failures.ts';
import { blueRef, greenRef } from '../access.ts';
import { thisRun } from '../activity-run.ts';
import type { MigrationActivities } from '../contract.ts';
import type { Tools } from '../tools.ts';
import { askAddons } from './ask-addons.ts';
import { servesMetrics } from './metrics-api.ts';

/** Whether green's add-ons do their work, before anything depends on them. */
export function probeAddons(tools: Tools): Pick<MigrationActivities, 'probeAddons'> {
  return {
    probeAddons: async ({ ref, spec, resolved, green }) => {
      const run = thisRun(tools);
      const { ports } = tools;
      const { probes } = spec.addons;
      if (probes === undefined) return {};
      const [blue, kubernetes] = await Promise.all([
        ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal),
        ports.kubernetes.connect(greenRef(spec), green, run.signal),
      ]);
      const metricsExpected = await servesMetrics(blue, run.signal);
      const asked = await askAddons(tools, run, { kubernetes, ref, probes, metricsExpected });
      if (asked.kind === 'open')
        throw run.waiting(
          `probes are open: ${asked.probes.map(nameOfProbe).join(', ')}`,
          green.name,
        );
      const failure = failedProbes(asked.report);
      if (failure === null) return probeFacts(asked.report);
      const { addon, what, nextMove } = failure;
      throw new CutoverFailure('addon-probe-failed', what, {
        resource: `${green.name}/${addon}`,
        nextMove,
      });
    },
  };
}

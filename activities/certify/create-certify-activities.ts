import { CutoverFailure } from '#domain/failures.ts';
import { accessOf, blueRef } from '#activities/access.ts';
import { thisRun } from '#activities/activity-run.ts';
import { chooseAddons } from '#activities/green/fit-addons.ts';
import type { CertifyActivities } from '#activities/contract.ts';
import type { Ports } from '#activities/ports/ports.ts';
import { reportOf } from '#activities/probes/probe-addons.ts';
import { PRODUCTION_TIMINGS, type Timings } from '#activities/timings.ts';

/** What certifying asks besides what a migration's provisioning does. Apart from a migration's activities: no story of one needs them. */
export function createCertifyActivities(
  ports: Ports,
  timings: Timings = PRODUCTION_TIMINGS,
): CertifyActivities {
  const tools = { ports, timings };
  return {
    planCertification: async ({ spec }) => {
      const { signal } = thisRun(tools);
      const blue = blueRef(spec);
      const [cluster, principal] = await Promise.all([
        ports.clusters.describe(blue, signal),
        ports.clusterAccess.whoAmI(accessOf(spec, 'green'), signal),
      ]);
      if (cluster === null)
        throw new CutoverFailure('not-found', `${blue.access.region} has no such EKS cluster`, {
          resource: blue.name,
        });
      const chosen = await chooseAddons(tools, spec, spec.green.version, signal);
      const { name, arn, createdAt, version } = cluster;
      return {
        resolved: {
          engineArn: principal.arn,
          blue: { name, arn, createdAt, version },
          routes: [],
          baseline: { requestsPerSecond: 0, healthyTargets: {} },
        },
        addons: chosen.map((addon) => ({ addon: addon.name, version: addon.version })),
      };
    },

    reportAddons: async (input) => {
      const { probes } = input.spec.addons;
      if (probes !== undefined) return reportOf(tools, input, probes);
      throw new CutoverFailure('invalid-request', 'the plan names no image for probes', {
        resource: 'addons.probes',
      });
    },
  };
}

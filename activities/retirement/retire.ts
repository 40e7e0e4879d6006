import { CutoverFailure } from '#domain/failures.ts';
import { frontDoorsOfBlue } from '#domain/traffic/front-door.ts';
import { clientToken, isOurs } from '#domain/identity.ts';
import { blueRef, greenOrder, greenRef, routeRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import { waitFor } from '#activities/green/await-green.ts';
import { describeSame } from '#activities/green/cluster-identity.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import { assertAllOnGreen, recentRequests } from '#activities/traffic/drain.ts';
import { findShares } from '#activities/traffic/read-weights.ts';
import { removeControlPlane, removeNodegroups } from './remove-cluster.ts';
import type { Tools } from '#activities/tools.ts';
import { capsulePlace } from '#activities/capsule/write-capsule.ts';

/**
 * Removing a cluster: blue after commit, or green in a rollback that the plan wants so. Nothing is deleted whose
 * identity or ownership was not just looked at (I5), and nothing is reported gone that is still there.
 */
export function retire(
  tools: Tools,
): Pick<
  MigrationActivities,
  'releaseBlue' | 'deleteBlueNodegroups' | 'deleteBlueCluster' | 'deleteGreen'
> {
  const { ports } = tools;
  return {
    releaseBlue: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      await describeSame(tools, blueRef(spec), resolved.blue, run.signal);
      const [door] = frontDoorsOfBlue(resolved);
      if (door !== undefined)
        throw new CutoverFailure(
          'not-idle',
          'users come in through it, and it would go with blue',
          {
            resource: door,
          },
        );
      await assertAllOnGreen(tools, input, run.signal);
      const { blue, green } = await recentRequests(tools, input, run.signal);
      if (blue > 0)
        throw new CutoverFailure('not-idle', `blue still had ${blue} requests`, {
          resource: resolved.blue.arn,
        });
      if (green === 0) throw run.waiting('the truth source shows no requests', spec.analysis.truth);
      // From here on there is no way back, and nobody may find one written down.
      await ports.capsules.remove(capsulePlace(spec), input.ref.workflowId, run.signal);
      for (const route of resolved.routes)
        await ports.router.removeBlue(routeRef(input, route), run.signal);
      await assertAllOnGreen(tools, input, run.signal);
    },

    deleteBlueNodegroups: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      const blue = blueRef(spec);
      if ((await describeSame(tools, blue, resolved.blue, run.signal)) === null) return;
      // Somebody may have put it back on a route since.
      await assertAllOnGreen(tools, input, run.signal);
      waitFor(run, await removeNodegroups(ports, blue, run.signal));
    },

    deleteBlueCluster: async (input) => {
      const run = thisRun(tools);
      const blue = blueRef(input.spec);
      const now = await describeSame(tools, blue, input.resolved.blue, run.signal);
      if (now === null) return;
      // Somebody may have put it back on a route since.
      if (now.status !== 'DELETING') await assertAllOnGreen(tools, input, run.signal);
      const token = clientToken(input.ref, 'allow-deletion-blue');
      waitFor(run, await removeControlPlane(ports, blue, now, token, run.signal));
    },

    deleteGreen: async (input) => {
      const run = thisRun(tools);
      const now = await ports.clusters.describe(greenRef(input.spec), run.signal);
      if (now !== null && isOurs(input.ref, now.tags) && now.status !== 'DELETING')
        await assertNobodyOnGreen(tools, input, run);
      waitFor(run, await ports.provisioner.remove(greenOrder(input), run.signal));
    },
  };
}

/** Users were brought back before; where a route leads to green all the same, somebody else wants it so (I5). */
async function assertNobodyOnGreen(
  tools: Tools,
  input: ResolvedInput,
  { signal }: ActivityRun,
): Promise<void> {
  for (const [routeId, share] of await findShares(tools, input, signal))
    if (share !== null && share !== 0)
      throw new CutoverFailure(
        'not-idle',
        share === 'strange'
          ? 'somebody else wrote the route, and it may lead to green'
          : `green's weight reads ${share} %: somebody else has set it`,
        { resource: `route ${routeId}` },
      );
}

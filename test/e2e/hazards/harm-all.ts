/** Brings about every hazard that can be there at once; what excludes another is in a plan of its own. */
import { configureAddon, takeVcpus } from './addons-and-quotas.ts';
import { harmBlue } from './blue-cluster.ts';
import { teachBlue } from './cluster-wide.ts';
import { publishLate } from './metrics.ts';
import {
  askForOldApi,
  makeOldCluster,
  putStrangersInstance,
  putWorkerInBlue,
} from './other-clusters.ts';
import { OLD_API, plansToAsk, type PlanToAsk } from './plans.ts';
import { makeRoles } from './roles.ts';
import { makeRoutes } from './routes.ts';
import { writeVolumes } from './volumes.ts';
import { writeWorkloads } from './workloads.ts';
import type { World } from './world.ts';
import { writeOldApis } from './written-apis.ts';

/** @param tokenFile where the worker looks for the token of its AWS role */
export async function harmAll(world: World, tokenFile: string): Promise<readonly PlanToAsk[]> {
  const [routes, ...found] = await Promise.all([
    makeRoutes(world),
    teachBlue(world),
    writeWorkloads(world),
    writeVolumes(world),
    writeOldApis(world),
    makeRoles(world),
    publishLate(world),
    configureAddon(world),
    takeVcpus(world),
    putWorkerInBlue(world, tokenFile),
    makeOldCluster(world),
    putStrangersInstance(world),
    askForOldApi(world, OLD_API),
  ]);
  const blueHazards = [...found.flatMap((hazards) => hazards ?? []), ...(await harmBlue(world))];
  return plansToAsk(routes, blueHazards);
}

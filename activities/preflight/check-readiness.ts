import { isOurs } from '#domain/identity.ts';
import { bakesOf, proofsOf } from '#domain/preflight/proofs.ts';
import { judgeReadiness } from '#domain/preflight/readiness.ts';
import type { ReadinessFacts } from '#domain/preflight/readiness-facts.ts';
import { accessOf, blueRef, greenOrder, greenRef } from '#activities/access.ts';
import { thisRun } from '#activities/activity-run.ts';
import { whyNoCapsule } from '#activities/capsule/write-capsule.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import { describeSame } from '#activities/green/cluster-identity.ts';
import type { Tools } from '#activities/tools.ts';
import { lagFacts, measureLags } from './measure-lag.ts';
import { freshInsights } from './read-control-plane.ts';
import { readRoutes, readShedding } from './read-front.ts';
import { readSurroundings } from './read-surroundings.ts';
import { readWorkloads } from './read-workloads.ts';

/** Preflight's second half: reads what `domain/preflight/readiness.ts` judges. Writes a capsule under a name of its own and takes it away; else reads only. */
export function checkReadiness(tools: Tools): Pick<MigrationActivities, 'checkReadiness'> {
  return {
    checkReadiness: async (input) => {
      const run = thisRun(tools);
      const lags = await measureLags(tools, input, run);
      const insights = await freshInsights(tools, input, run);
      const facts = await readFacts(tools, input, run.signal);
      return { findings: judgeReadiness({ ...facts, lags, insights }), facts: lagFacts(lags) };
    },
  };
}

async function readFacts(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<Omit<ReadinessFacts, 'lags' | 'insights'>> {
  const { ports } = tools;
  const { spec, resolved, ref } = input;
  const blue = blueRef(spec);
  const [cluster, versions, green, routes, read, shedding, noCapsule, around, hub] =
    await Promise.all([
      describeSame(tools, blue, resolved.blue, signal),
      ports.clusters.versions(accessOf(spec, 'green'), signal),
      ports.clusters.describe(greenRef(spec), signal),
      readRoutes(tools, input, signal),
      readWorkloads(tools, input, signal),
      readShedding(tools, input, signal),
      whyNoCapsule(tools, input, signal),
      readSurroundings(tools, input, signal),
      ports.provisioner.survey(greenOrder(input), signal),
    ]);
  const { nodegroups, subnets, addons, selfManaged, admitting, quotas, workersIssuer } = around;
  const { pods, nodes, ...workloads } = read;
  return {
    blue: {
      name: resolved.blue.name,
      version: resolved.blue.version,
      status: cluster?.status ?? 'gone',
      issues: cluster?.issues ?? [],
      tags: cluster?.tags ?? {},
    },
    targetVersion: spec.green.version,
    versions,
    green: green === null ? null : { name: green.name, ours: isOurs(ref, green.tags) },
    routes,
    requestsPerSecond: resolved.baseline.requestsPerSecond,
    missingDataSeconds: spec.analysis.missingDataSeconds,
    bakes: bakesOf(spec, resolved.routes),
    ...proofsOf(spec, resolved.routes),
    ...workloads,
    shedding,
    addresses: { subnets, pods, nodes },
    addons,
    selfManaged,
    admitting,
    quotas,
    isWorkerInBlue: workersIssuer !== null && workersIssuer === cluster?.issuer,
    shape: {
      admitsByConfigMapAlone: cluster?.admitsByConfigMapAlone ?? false,
      nodegroups,
    },
    waivers: spec.preflight?.waivers ?? [],
    today: new Date(ports.clock.nowMs()).toISOString().slice(0, 10),
    noCapsule,
    hub,
  };
}

import {
  judgeAbility,
  type Ability,
  type SideReading,
  type WorkloadReading,
} from '#domain/capacity/ability.ts';
import { availableReplicas } from '#domain/capacity/blue-replicas.ts';
import { loadGrowth } from '#domain/capacity/load-growth.ts';
import { newestWindow } from '#domain/guard/metric-window.ts';
import { guardPresence } from '#activities/guard/guard-presence.ts';
import { accessOf, blueRef, routesOf } from '#activities/access.ts';
import { thisRun } from '#activities/activity-run.ts';
import type { AbilityInput, MigrationActivities } from '#activities/contract.ts';
import { DEPLOYMENTS } from '#activities/kinds.ts';
import { listInNamespaces } from '#activities/list-in-namespaces.ts';
import { readTraffic, truthSource } from './read-traffic.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Asked before traffic moves, either way (I3): is the receiving side able? Reads only. Targets are always asked, and fresh.
 * The load of today and the workloads behind the targets sharpen the answer where they can be read in time: a rollback
 * must not depend on a metric source or an API server that fails together with everything else (I1).
 */
export function ability(tools: Tools): Pick<MigrationActivities, 'checkAbility' | 'awaitAbility'> {
  return {
    checkAbility: async (input) => {
      const ability = await readAll(tools, input, thisRun(tools).signal);
      return input.asksForGuard === true
        ? { ...ability, guard: await guardPresence(tools, input) }
        : ability;
    },

    awaitAbility: async (input) => {
      const run = thisRun(tools);
      const { able, reasons } = await readAll(tools, input, run.signal);
      if (!able) throw run.waiting(reasons.join('; '), input.routeIds.join(', '));
    },
  };
}

/** By targets alone: what the guard asks before it pulls, when nothing may take time. */
export async function readAbility(
  tools: Tools,
  input: AbilityInput,
  signal: AbortSignal,
): Promise<Ability> {
  return judgeAbility(await readTargets(tools, input, 1, signal));
}

async function readAll(tools: Tools, input: AbilityInput, signal: AbortSignal): Promise<Ability> {
  const aside = AbortSignal.any([signal, tools.ports.clock.limit(tools.timings.asideWithinMs)]);
  const [growth, replicas] = await Promise.all([
    leftOut(readGrowth(tools, input, aside), 1),
    leftOut(readReplicas(tools, input, aside), new Map<string, number>()),
  ]);
  signal.throwIfAborted();
  const targets = await readTargets(tools, input, growth, signal);
  return judgeAbility(targets, workloadsOf(input, replicas, growth));
}

/** What cannot be read is left out: targets are asked all the same, and must pass. */
async function leftOut<Value>(reading: Promise<Value>, otherwise: Value): Promise<Value> {
  return reading.catch(() => otherwise);
}

async function readTargets(
  { ports }: Tools,
  input: AbilityInput,
  growth: number,
  signal: AbortSignal,
): Promise<readonly SideReading[]> {
  const { spec, resolved, routeIds, side, percent } = input;
  const access = accessOf(spec, 'loadBalancer');
  const { healthyTargets, zonesNeeded = {} } = resolved.baseline;
  return Promise.all(
    routesOf(resolved, routeIds).map(async (route) => {
      const arn = side === 'blue' ? route.blueTargetGroupArn : route.greenTargetGroupArn;
      const { healthy, healthyByZone } = await ports.targetGroups.readHealth(access, arn, signal);
      return {
        side,
        routeId: route.id,
        healthyTargets: healthy,
        healthyByZone,
        zonesNeeded: zonesNeeded[route.id]?.[side] ?? [],
        baselineTargets: healthyTargets[route.id] ?? 0,
        percent,
        loadGrowth: growth,
      };
    }),
  );
}

async function readGrowth(
  tools: Tools,
  { spec, resolved }: AbilityInput,
  signal: AbortSignal,
): Promise<number> {
  const source = truthSource(spec);
  const { ports, timings } = tools;
  const window = newestWindow(source, ports.clock.nowMs(), timings.loadSeconds);
  // Over all routes, as the baseline was measured.
  const { blue, green } = await readTraffic(tools, spec, source, resolved.routes, window, signal);
  const { requestsPerSecond } = resolved.baseline;
  return loadGrowth([...blue, ...green], source.periodSeconds, requestsPerSecond);
}

/** Of blue only: green's workloads are awaited before it gets its first user, and guarded from then on. */
async function readReplicas(
  { ports }: Tools,
  { spec, resolved, side }: AbilityInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (side === 'green' || resolved.baseline.replicas === undefined) return new Map();
  const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const { namespaces } = spec.workloads;
  return availableReplicas(await listInNamespaces(blue, DEPLOYMENTS, namespaces, signal));
}

function workloadsOf(
  { resolved, side, percent }: AbilityInput,
  available: ReadonlyMap<string, number>,
  growth: number,
): readonly WorkloadReading[] {
  if (available.size === 0) return [];
  return Object.entries(resolved.baseline.replicas ?? {}).map(([name, baselineReplicas]) => ({
    side,
    name,
    availableReplicas: available.get(name) ?? 0,
    baselineReplicas,
    percent,
    loadGrowth: growth,
  }));
}

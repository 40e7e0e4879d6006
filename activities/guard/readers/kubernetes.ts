import {
  crashLoopsOf,
  movingCanaries,
  nodesOf,
  type KubernetesHealth,
} from '#domain/guard/kubernetes-health.ts';
import { greenRef } from '#activities/access.ts';
import type { GreenCluster } from '#domain/migration/migration-state.ts';
import { CANARIES, NODES, PODS } from '#activities/kinds.ts';
import { trustReader } from './trust.ts';
import type { Asked, GuardReader, Look, Seen } from './guard-reader.ts';

/**
 * Green's own health. Lists of pods are large, so its API server is asked only now and then; what was read last stands in
 * between. A server that does not answer is asked again at the next look, and is missing data until then.
 */
export function kubernetesReader(): GuardReader<'kubernetes'> {
  const trust = trustReader();
  let last: { readonly atMs: number; readonly health: KubernetesHealth } | null = null;
  return async (look, asked) => {
    const { tools, input } = look;
    const { green } = input;
    if (green === undefined) return asked.map(({ index }) => ({ index, unread: 'green’s health' }));
    const nowMs = tools.ports.clock.nowMs();
    if (last === null || nowMs - last.atMs >= tools.timings.kubernetesEveryMs)
      last = {
        atMs: nowMs,
        health: { ...(await readHealth(look, green)), ...(await trust(look)) },
      };
    return seen(asked, last.health);
  };
}

function seen(asked: readonly Asked<'kubernetes'>[], health: KubernetesHealth): readonly Seen[] {
  return asked.map(({ index }) => ({ index, observation: { metric: 'kubernetes', health } }));
}

async function readHealth(
  { tools, input, run }: Look,
  green: GreenCluster,
): Promise<KubernetesHealth> {
  const { ports } = tools;
  const { spec } = input;
  const { signal } = run;
  const ref = greenRef(spec);
  const [cluster, addons] = await Promise.all([
    ports.kubernetes.connect(ref, green, signal),
    ports.addons.list(ref, signal),
  ]);
  const { namespaces } = spec.workloads;
  const [nodes, ...lists] = await Promise.all([
    cluster.list(NODES, null, signal),
    ...namespaces.map(async (namespace) => cluster.list(PODS, namespace, signal)),
  ]);
  const canaries = await Promise.all(
    namespaces.map(async (namespace) => cluster.list(CANARIES, namespace, signal)),
  );
  return {
    crashLooping: crashLoopsOf(lists.flat()),
    nodes: nodesOf(nodes, ports.clock.nowMs() / 1000, (isoTime) => Date.parse(isoTime) / 1000),
    failingAddons: addons
      .filter(({ failed }) => failed)
      .map(({ name, status }) => `${name}: ${status}`),
    canaries: movingCanaries(canaries.flat()),
  };
}

import { floorOf } from '#domain/capacity/capacity-floor.ts';
import type { ReadinessFacts } from '#domain/preflight/readiness-facts.ts';
import { replicasOf } from '#domain/workload-hazards/pods.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { blueRef } from '#activities/access.ts';
import type { ResolvedInput } from '#activities/contract.ts';
import { DEPLOYMENTS, NAMESPACES, NODES } from '#activities/kinds.ts';
import type { Tools } from '#activities/tools.ts';
import { readFloorFacts } from '#activities/traffic/blue-floor.ts';
import { judgeObjects } from './judge-objects.ts';
import { judgeTrust } from './judge-trust.ts';
import { readAskedApis } from './read-control-plane.ts';

/** What preflight reads of blue's API server. */
export async function readWorkloads(
  tools: Tools,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<
  Pick<
    ReadinessFacts,
    'namespaces' | 'missingSingletons' | 'floorsLeftAlone' | 'objects' | 'askedApis'
  > &
    Pick<ReadinessFacts['addresses'], 'pods' | 'nodes'>
> {
  const { spec, resolved } = input;
  const { ports } = tools;
  const kubernetes = await ports.kubernetes.connect(blueRef(spec), resolved.blue, signal);
  const namespaces = await Promise.all(
    spec.workloads.namespaces.map(async (name) => {
      const [namespace, deployments] = await Promise.all([
        kubernetes.get(NAMESPACES, null, name, signal),
        kubernetes.list(DEPLOYMENTS, name, signal),
      ]);
      const pods = deployments.reduce((sum, one) => sum + replicasOf(one), 0);
      return { name, exists: namespace !== null, deployments: deployments.length, pods };
    }),
  );
  const singletons = await Promise.all(
    spec.singletons.deployments.map(async (singleton) => {
      const [namespace = '', name = ''] = singleton.split('/');
      const found = await kubernetes.get(DEPLOYMENTS, namespace, name, signal);
      return { singleton, found };
    }),
  );
  const [floors, objects, trust, nodes, askedApis] = await Promise.all([
    readFloorFacts(kubernetes, input, signal),
    judgeObjects(tools, kubernetes, input, signal),
    judgeTrust(tools, kubernetes, input, signal),
    kubernetes.list(NODES, null, signal),
    readAskedApis(kubernetes, signal),
  ]);
  return {
    namespaces,
    pods: namespaces.reduce((sum, { pods }) => sum + pods, 0),
    nodes: nodes.length,
    askedApis,
    objects: [...objects, ...trust],
    floorsLeftAlone: floors.autoscalers.flatMap((autoscaler) => {
      const decision = floorOf(autoscaler, floors);
      return decision.kind === 'left-alone' ? [decision.reason] : [];
    }),
    missingSingletons: singletons.filter(isMissing).map((one) => one.singleton),
  };
}

function isMissing(one: { readonly found: KubernetesObject | null }): boolean {
  return one.found === null;
}

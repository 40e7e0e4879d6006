import { clip } from '#domain/migration/bounds.ts';
import {
  floorOf,
  holdNode,
  nodesUnder,
  releaseNode,
  unfloor,
  type FloorFacts,
} from '#domain/capacity/capacity-floor.ts';
import { CutoverFailure } from '#domain/failures.ts';
import type { MergePatch } from '#domain/workloads/singletons.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { blueRef } from '#activities/access.ts';
import { thisRun, type ActivityRun } from '#activities/activity-run.ts';
import { describeSame } from '#activities/green/cluster-identity.ts';
import type { MigrationActivities, ResolvedInput } from '#activities/contract.ts';
import {
  DEPLOYMENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  NODES,
  PODS,
  SCALED_OBJECTS,
} from '#activities/kinds.ts';
import type { KubernetesCluster, ObjectKind } from '#activities/ports/kubernetes.ts';
import { listInNamespaces } from '#activities/list-in-namespaces.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * Blue keeps the size it had under everybody's load (I3): the floors of its autoscalers raised, the nodes under its pods
 * kept; and both given back. What was before is written on the objects, so either way may be done again, by anybody. A field
 * that somebody else owns is left alone and named (I15).
 */
export function blueFloor(
  tools: Tools,
): Pick<MigrationActivities, 'holdBlueFloor' | 'restoreBlueFloor'> {
  const { ports } = tools;
  return {
    holdBlueFloor: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal);
      const facts = await readFloorFacts(blue, input, run.signal);
      const leftAlone: string[] = [];
      let raised = 0;
      for (const autoscaler of facts.autoscalers) {
        run.heartbeat();
        const decision = floorOf(autoscaler, facts);
        if (decision.kind === 'left-alone') leftAlone.push(decision.reason);
        if (decision.kind !== 'raise') continue;
        if (await change(blue, kindOf(autoscaler), autoscaler, decision.patch, run)) raised += 1;
      }
      const pods = await listInNamespaces(blue, PODS, spec.workloads.namespaces, run.signal);
      let nodesHeld = 0;
      for (const name of nodesUnder(pods)) {
        run.heartbeat();
        const node = await blue.get(NODES, null, name, run.signal);
        if (node === null) continue;
        const patch = holdNode(node);
        if (patch === null || (await change(blue, NODES, node, patch, run))) nodesHeld += 1;
      }
      return {
        raised,
        nodesHeld,
        leftAlone: leftAlone.slice(0, MOST_REASONS).map((reason) => clip(reason, REASON_BYTES)),
        leftAloneCount: leftAlone.length,
      };
    },

    restoreBlueFloor: async (input) => {
      const run = thisRun(tools);
      const { spec, resolved } = input;
      // A blue that is gone has no floor.
      if ((await describeSame(tools, blueRef(spec), resolved.blue, run.signal)) === null) return;
      const blue = await ports.kubernetes.connect(blueRef(spec), resolved.blue, run.signal);
      for (const autoscaler of await listAutoscalers(blue, input, run.signal))
        await changeIf(blue, kindOf(autoscaler), autoscaler, unfloor(autoscaler), run);
      for (const node of await blue.list(NODES, null, run.signal))
        await changeIf(blue, NODES, node, releaseNode(node), run);
    },
  };
}

/** What blue's floor is decided by, read now. */
export async function readFloorFacts(
  blue: KubernetesCluster,
  input: ResolvedInput,
  signal: AbortSignal,
): Promise<FloorFacts> {
  const { spec, resolved } = input;
  const [deployments, autoscalers] = await Promise.all([
    listInNamespaces(blue, DEPLOYMENTS, spec.workloads.namespaces, signal),
    listAutoscalers(blue, input, signal),
  ]);
  return {
    deployments,
    autoscalers,
    recorded: resolved.baseline.replicas ?? {},
    singletons: spec.singletons.deployments,
  };
}

/** What the state keeps of fields that are left alone: enough to read, never an inventory. */
const MOST_REASONS = 5;
const REASON_BYTES = 300;

async function listAutoscalers(
  blue: KubernetesCluster,
  { spec }: ResolvedInput,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const kinds = [HORIZONTAL_POD_AUTOSCALERS, SCALED_OBJECTS];
  const found = await Promise.all(
    kinds.map(async (kind) => listInNamespaces(blue, kind, spec.workloads.namespaces, signal)),
  );
  return found.flat();
}

async function changeIf(
  blue: KubernetesCluster,
  kind: ObjectKind,
  object: KubernetesObject,
  patch: MergePatch | null,
  run: ActivityRun,
): Promise<void> {
  run.heartbeat();
  if (patch !== null) await change(blue, kind, object, patch, run);
}

/** False when the object is gone by now: nodes come and go. */
async function change(
  blue: KubernetesCluster,
  kind: ObjectKind,
  { metadata }: KubernetesObject,
  patch: MergePatch,
  { signal }: ActivityRun,
): Promise<boolean> {
  try {
    await blue.merge(kind, metadata.namespace ?? null, metadata.name, patch, signal);
    return true;
  } catch (failure) {
    if (failure instanceof CutoverFailure && failure.type === 'not-found') return false;
    throw failure;
  }
}

function kindOf({ kind }: KubernetesObject): ObjectKind {
  return kind === 'ScaledObject' ? SCALED_OBJECTS : HORIZONTAL_POD_AUTOSCALERS;
}

/** Statuses that controllers would have written, read off what is there now. Pure. */
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { kubernetesTime, type LightObject } from './light-object.ts';
import type { Pod } from './workload-pods.ts';

/** How long a Job's container runs before it succeeds, unless its annotation says otherwise; as in the sandbox. Milliseconds. */
const JOB_RUNS_MS = 500;
/** On a Job: how long it runs, in milliseconds. */
export const RUN_ANNOTATION = 'sandbox.cutover/run-milliseconds';

export interface Surroundings {
  /** Of the object, where it is a Deployment. */
  readonly pods: readonly Pod[];
  readonly nodes: number;
  readonly nowMs: number;
}

/** Empty for kinds that have no controller here. */
export function statusOf(object: LightObject, around: Surroundings): Fields {
  switch (object.kind) {
    case 'Deployment':
      return deploymentStatus(object, around);
    case 'DaemonSet':
      return {
        observedGeneration: object.metadata.generation,
        ...Object.fromEntries(DAEMON_COUNTS.map((name) => [name, around.nodes])),
      };
    case 'Job':
      return jobStatus(object, around.nowMs);
    case 'Namespace':
      return { phase: 'Active' };
    case 'CustomResourceDefinition':
      return {
        conditions: [
          { type: 'NamesAccepted', status: 'True' },
          { type: 'Established', status: 'True' },
        ],
      };
    default:
      return {};
  }
}

const DAEMON_COUNTS = [
  'desiredNumberScheduled',
  'currentNumberScheduled',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberReady',
] as const;

/** Like the real one, it does not count pods that are leaving. */
function deploymentStatus({ metadata, ...object }: LightObject, around: Surroundings): Fields {
  const { template, replicas: wanted } = fieldsOf(object['spec']);
  const pods = around.pods.filter(({ leavesAtMs }) => leavesAtMs === Infinity);
  const available = pods.filter(({ readyAtMs }) => readyAtMs <= around.nowMs).length;
  const isAvailable = available >= Number(wanted ?? 1);
  return {
    observedGeneration: metadata.generation,
    replicas: pods.length,
    updatedReplicas: pods.filter((pod) => pod.template === template).length,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: pods.length - available,
    conditions: [{ type: 'Available', status: isAvailable ? 'True' : 'False' }],
  };
}

function jobStatus({ metadata }: LightObject, nowMs: number): Fields {
  const startedAtMs = Date.parse(metadata.creationTimestamp ?? '');
  const endsAtMs = startedAtMs + Number(metadata.annotations?.[RUN_ANNOTATION] ?? JOB_RUNS_MS);
  const startTime = kubernetesTime(startedAtMs);
  if (nowMs < endsAtMs) return { active: 1, startTime };
  const completionTime = kubernetesTime(endsAtMs);
  return {
    succeeded: 1,
    startTime,
    completionTime,
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: completionTime }],
  };
}

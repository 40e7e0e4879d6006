import { replicasOf } from './blue-replicas.ts';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { objectOwner } from '#domain/workloads/object-owner.ts';
import type { MergePatch } from '#domain/workloads/singletons.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/**
 * Blue's capacity floor (I3): an idle blue shrinks, and then there is nothing to go back to. Before the first weight the
 * minimum of its autoscalers is raised to the peak that was recorded, and the nodes under its pods are kept. Pure: objects
 * in, merge patches out. What a value was, and what we made of it, is written on the object itself in the same patch, so that
 * a second attempt and a restore by another worker know both. Sources: HorizontalPodAutoscaler v2, KEDA ScaledObject
 * v1alpha1, Karpenter "Disruption" (node controls), Cluster Autoscaler FAQ.
 */

/** On what we changed: JSON `{ "before": value | null, "raisedTo": value }`, on nodes `{ "before": { annotation: value | null } }`. */
export const BEFORE_FLOOR_ANNOTATION = 'cutover/before-floor';

/** What keeps autoscalers of nodes away from a node. */
const NODE_HOLDS: Readonly<Record<string, string>> = {
  'karpenter.sh/do-not-disrupt': 'true',
  'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true',
};

export type FloorDecision =
  | {
      readonly kind: 'raise';
      readonly from: number;
      readonly to: number;
      readonly patch: MergePatch;
    }
  /** High enough, or raised already. */
  | { readonly kind: 'keep' }
  /** Somebody else's field: who, and what they would have to write. */
  | { readonly kind: 'left-alone'; readonly reason: string };

/** Blue as its objects tell of it. */
export interface FloorFacts {
  readonly deployments: readonly KubernetesObject[];
  readonly autoscalers: readonly KubernetesObject[];
  /** Replicas when the migration began, by `namespace/name` of Deployments. */
  readonly recorded: Readonly<Record<string, number>>;
  /** `namespace/name` of Deployments that leave blue on purpose. */
  readonly singletons: readonly string[];
}

/** What to do about one of the autoscalers. */
export function floorOf(autoscaler: KubernetesObject, facts: FloorFacts): FloorDecision {
  const scaled = scaledBy(autoscaler);
  // What KEDA made is raised at its ScaledObject.
  if (scaled === null || isOwned(autoscaler) || facts.singletons.includes(scaled.name)) return KEEP;
  const field = FIELDS[scaled.autoscaler];
  const spec = fieldsOf(autoscaler['spec']);
  const from = numberOr(spec[field.min], field.lowest);
  const to = Math.min(
    peakOf(autoscaler, scaled.name, facts),
    numberOr(spec[field.max], field.greatest),
  );
  if (to <= from) return KEEP;
  const owner = objectOwner(autoscaler, [['f:spec', `f:${field.min}`]]);
  if (owner !== null)
    return {
      kind: 'left-alone',
      reason: `${owner.who} owns spec.${field.min} of ${labelOf(autoscaler)}: set it from ${from} to ${to} there until the migration has ended`,
    };
  const note = noteOf(autoscaler);
  // What is there now is ours only if it is what we made of it.
  const before = note?.raisedTo === spec[field.min] ? note?.before : spec[field.min];
  return {
    kind: 'raise',
    from,
    to,
    patch: {
      metadata: annotated(
        BEFORE_FLOOR_ANNOTATION,
        JSON.stringify({ before: before ?? null, raisedTo: to }),
      ),
      spec: { [field.min]: to },
    },
  };
}

/** Takes our floor off again; null where there is none. What somebody else has set since stays. */
export function unfloor(autoscaler: KubernetesObject): MergePatch | null {
  const scaled = scaledBy(autoscaler);
  const note = noteOf(autoscaler);
  if (scaled === null || note === null) return null;
  const { min } = FIELDS[scaled.autoscaler];
  const isOurs = fieldsOf(autoscaler['spec'])[min] === note.raisedTo;
  return {
    metadata: annotated(BEFORE_FLOOR_ANNOTATION, null),
    ...(isOurs ? { spec: { [min]: note.before ?? null } } : {}),
  };
}

/** Names of the nodes under these pods; what ends by itself or runs on every node holds none. */
export function nodesUnder(pods: readonly KubernetesObject[]): readonly string[] {
  const names = pods.flatMap((pod) => {
    const { nodeName } = fieldsOf(pod['spec']);
    const { phase } = fieldsOf(pod['status']);
    const staysWithUs =
      phase !== 'Succeeded' && phase !== 'Failed' && !ownerKinds(pod).some(isPassing);
    return typeof nodeName === 'string' && staysWithUs ? [nodeName] : [];
  });
  return [...new Set(names)];
}

/** Keeps autoscalers of nodes away from this one; null when they are. */
export function holdNode(node: KubernetesObject): MergePatch | null {
  const { annotations = {} } = node.metadata;
  const missing = Object.keys(NODE_HOLDS).filter((name) => annotations[name] !== NODE_HOLDS[name]);
  if (missing.length === 0) return null;
  const known = fieldsOf(parsed(annotations[BEFORE_FLOOR_ANNOTATION])['before']);
  const before = Object.fromEntries(missing.map((name) => [name, annotations[name] ?? null]));
  const note = JSON.stringify({ before: { ...before, ...known } });
  return { metadata: { annotations: { ...NODE_HOLDS, [BEFORE_FLOOR_ANNOTATION]: note } } };
}

/** Lets autoscalers have the node again; null where we did not hold it. */
export function releaseNode(node: KubernetesObject): MergePatch | null {
  const { annotations = {} } = node.metadata;
  const text = annotations[BEFORE_FLOOR_ANNOTATION];
  if (text === undefined) return null;
  const before = fieldsOf(parsed(text)['before']);
  const restored = Object.entries(before).flatMap(([name, value]) =>
    Object.hasOwn(NODE_HOLDS, name) && annotations[name] === NODE_HOLDS[name]
      ? [[name, typeof value === 'string' ? value : null]]
      : [],
  );
  return {
    metadata: { annotations: { ...Object.fromEntries(restored), [BEFORE_FLOOR_ANNOTATION]: null } },
  };
}

const KEEP: FloorDecision = { kind: 'keep' };

/** Where each kind keeps its bounds, and what counts where they are not written. */
const FIELDS = {
  HorizontalPodAutoscaler: {
    min: 'minReplicas',
    max: 'maxReplicas',
    lowest: 1,
    greatest: Infinity,
  },
  ScaledObject: { min: 'minReplicaCount', max: 'maxReplicaCount', lowest: 0, greatest: 100 },
} as const;

/** What an autoscaler scales, as `namespace/name`; null for what is none. */
function scaledBy({ kind, metadata, ...object }: KubernetesObject): {
  readonly autoscaler: keyof typeof FIELDS;
  readonly name: string;
} | null {
  if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') return null;
  const { name } = fieldsOf(fieldsOf(object['spec'])['scaleTargetRef']);
  return typeof name === 'string'
    ? { autoscaler: kind, name: `${metadata.namespace ?? ''}/${name}` }
    : null;
}

/** The most pods the workload was seen with: when the migration began, now, or as an autoscaler wants them now. */
function peakOf(autoscaler: KubernetesObject, scaled: string, facts: FloorFacts): number {
  const deployment = facts.deployments.find((one) => nameOf(one) === scaled);
  const wanted = [
    autoscaler,
    ...facts.autoscalers.filter((one) => scaledBy(one)?.name === scaled),
  ].map((one) => {
    const { currentReplicas, desiredReplicas } = fieldsOf(one['status']);
    return Math.max(numberOr(currentReplicas, 0), numberOr(desiredReplicas, 0));
  });
  const recorded = Object.hasOwn(facts.recorded, scaled) ? facts.recorded[scaled] : undefined;
  return Math.max(
    0,
    recorded ?? 0,
    deployment === undefined ? 0 : replicasOf(deployment),
    ...wanted,
  );
}

interface Note {
  readonly before: number | null;
  readonly raisedTo: number;
}

function noteOf({ metadata }: KubernetesObject): Note | null {
  const text = metadata.annotations?.[BEFORE_FLOOR_ANNOTATION];
  if (text === undefined) return null;
  const { before, raisedTo } = parsed(text);
  // A note that nobody can read any more is only taken off.
  return typeof raisedTo === 'number'
    ? { before: typeof before === 'number' ? before : null, raisedTo }
    : { before: null, raisedTo: NaN };
}

function parsed(text: string | undefined): Fields {
  if (text === undefined) return {};
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function annotated(name: string, value: string | null): MergePatch {
  return { annotations: { [name]: value } };
}

function isOwned({ metadata }: KubernetesObject): boolean {
  return (metadata.ownerReferences ?? []).length > 0;
}

function ownerKinds({ metadata }: KubernetesObject): readonly unknown[] {
  return (metadata.ownerReferences ?? []).map((owner) => fieldsOf(owner)['kind']);
}

function isPassing(kind: unknown): boolean {
  return kind === 'DaemonSet' || kind === 'Job' || kind === 'Node';
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function labelOf(object: KubernetesObject): string {
  return `${object.kind} ${nameOf(object)}`;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

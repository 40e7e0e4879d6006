import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from './workload-copy.ts';

/**
 * How a singleton is held, released and recognised as quiet (I7). Pure: an object in, a merge patch out. What a
 * singleton was before is written on blue's own object in the same patch that stops it, so that a hand-over that dies
 * anywhere can go on, or be taken back, from what the clusters themselves say.
 */

/** On blue's CronJob: its `suspend` before it was held. Copies for green carry no note of ours. */
const SUSPENDED_BEFORE_ANNOTATION = 'cutover/suspended-before';
/** On a Deployment that is a singleton: its replicas before it was held. */
const REPLICAS_BEFORE_ANNOTATION = 'cutover/replicas-before';

/** A JSON merge patch. */
export type MergePatch = Fields;

/** What a singleton was before it was held: a CronJob's `suspend` or a Deployment's replicas, as text. */
export function recordedBefore(object: KubernetesObject): string | null {
  return object.metadata.annotations?.[annotationOf(object)] ?? null;
}

/** Stops blue's singleton and records what it was; null when that is done. Something that runs is always recorded as running. */
export function holdPatch(object: KubernetesObject): MergePatch | null {
  if (isStopped(object) && recordedBefore(object) !== null) return null;
  return {
    metadata: { annotations: { [annotationOf(object)]: currentOf(object) } },
    spec: stoppedSpec(object),
  };
}

/** Stops green's singleton; null when it is stopped. */
export function stopPatch(object: KubernetesObject): MergePatch | null {
  return isStopped(object) ? null : { spec: stoppedSpec(object) };
}

/** Makes green's singleton what blue's was; null when there is nothing to release. */
export function releasePatch(object: KubernetesObject, before: string): MergePatch | null {
  return currentOf(object) === before ? null : { spec: specOf(object, before) };
}

/** Makes blue's singleton what it was and forgets the record. */
export function restorePatch(object: KubernetesObject, before: string): MergePatch {
  return {
    metadata: { annotations: { [annotationOf(object)]: null } },
    spec: specOf(object, before),
  };
}

/** Does it run, or did it before it was held? */
export function ranBefore(object: KubernetesObject): boolean {
  const before = isStopped(object) ? recordedBefore(object) : null;
  if (before === null) return !isStopped(object);
  return object.kind === 'CronJob' ? before === 'false' : Number(before) > 0;
}

/** Does this Job of a CronJob still run? Ended is what has a true condition `Complete` or `Failed`. */
export function isUnfinishedJobOf(cronJob: KubernetesObject, job: KubernetesObject): boolean {
  const owned = (job.metadata.ownerReferences ?? []).some((owner) => {
    const reference = fieldsOf(owner);
    return reference['kind'] === 'CronJob' && reference['name'] === cronJob.metadata.name;
  });
  if (!owned) return false;
  const conditions = fieldsOf(job['status'])['conditions'];
  if (!Array.isArray(conditions)) return true;
  return !conditions.some((condition) => {
    const { type, status } = fieldsOf(condition);
    return (type === 'Complete' || type === 'Failed') && status === 'True';
  });
}

/**
 * Has the Deployment nothing running? Its controller must have seen the latest spec, and no pod of its labels may be
 * left: pods that are terminating still work, and no longer count in `status.replicas`.
 */
export function isQuietDeployment(
  deployment: KubernetesObject,
  pods: readonly KubernetesObject[],
): boolean {
  const status = fieldsOf(deployment['status']);
  const generation = deployment.metadata['generation'];
  const observed = status['observedGeneration'];
  if (typeof generation === 'number' && (typeof observed !== 'number' || observed < generation))
    return false;
  if (numberOr(status['replicas'], 0) > 0) return false;
  const selector = fieldsOf(fieldsOf(fieldsOf(deployment['spec'])['selector'])['matchLabels']);
  return !pods.some((pod) => isSelected(pod, selector) && !isEnded(pod));
}

function isSelected(pod: KubernetesObject, selector: Fields): boolean {
  return Object.entries(selector).every(([label, value]) => pod.metadata.labels?.[label] === value);
}

function isEnded(pod: KubernetesObject): boolean {
  const { phase } = fieldsOf(pod['status']);
  return phase === 'Succeeded' || phase === 'Failed';
}

function isStopped(object: KubernetesObject): boolean {
  const spec = fieldsOf(object['spec']);
  return object.kind === 'CronJob' ? spec['suspend'] === true : spec['replicas'] === 0;
}

function currentOf(object: KubernetesObject): string {
  const spec = fieldsOf(object['spec']);
  return object.kind === 'CronJob'
    ? String(spec['suspend'] === true)
    : String(numberOr(spec['replicas'], 1));
}

function stoppedSpec(object: KubernetesObject): MergePatch {
  return object.kind === 'CronJob' ? { suspend: true } : { replicas: 0 };
}

function specOf(object: KubernetesObject, before: string): MergePatch {
  return object.kind === 'CronJob' ? { suspend: before !== 'false' } : { replicas: Number(before) };
}

function annotationOf(object: KubernetesObject): string {
  return object.kind === 'CronJob' ? SUSPENDED_BEFORE_ANNOTATION : REPLICAS_BEFORE_ANNOTATION;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

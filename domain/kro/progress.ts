import { fieldsOf, isFields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { conditionOf } from './conditions.ts';
import type { KroDefinition } from './definition.ts';

/**
 * How far kro and ACK have come with green: a pure function of the objects on the hub. ACK's word on a resource counts before kro's on
 * the instance, because kro only says that it waits. Sources: kro, `pkg/controller/instance/`; ACK runtime,
 * `apis/core/v1alpha1/conditions.go`.
 */
export type KroProgress =
  | { readonly kind: 'ready' }
  | Awaiting
  /** Waiting does not mend it. */
  | {
      readonly kind: 'failed';
      readonly part: 'cluster' | 'nodegroup';
      readonly what: string;
      readonly resource: string;
      /** EKS's health issues, `code: message`. */
      readonly issues: readonly string[];
    };

/** `ailing`: kro says that something is wrong, which a controller that starts anew says, too; counts as failed when it stays. */
interface Awaiting {
  readonly kind: 'waiting' | 'ailing';
  readonly what: string;
  readonly resource: string;
}

/** What the hub has of green. */
export interface HubObjects {
  /** Null where there is none. */
  readonly instance: KubernetesObject | null;
  /** Null where it is gone. */
  readonly definition: KroDefinition | null;
  /** ACK's objects that are this instance's. */
  readonly clusters: readonly KubernetesObject[];
  readonly nodegroups: readonly KubernetesObject[];
}

/** Says whose an object is: kro puts the instance's uid on everything that it makes. */
const INSTANCE_LABEL = 'kro.run/instance-id';
/** As whom our instance is applied. */
const FIELD_MANAGER = 'cutover';

/** Which of these objects kro made for the instance. */
export function madeFor(
  instance: KubernetesObject | null,
  objects: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const uid = instance?.metadata['uid'];
  return typeof uid === 'string'
    ? objects.filter(({ metadata }) => metadata.labels?.[INSTANCE_LABEL] === uid)
    : [];
}

/** @param until `control-plane`: node groups do not matter yet */
export function progressOf(hub: HubObjects, until: 'control-plane' | 'nodes'): KroProgress {
  const { instance, clusters, nodegroups } = hub;
  if (instance === null)
    return failed('cluster', 'the instance is gone from the hub', 'kro instance');
  if (instance.metadata['deletionTimestamp'] !== undefined)
    return failed('cluster', 'somebody deletes the instance', nameOf(instance));
  const parts = [
    ...clusters.map((object) => ({ part: 'cluster' as const, object })),
    ...(until === 'nodes'
      ? nodegroups.map((object) => ({ part: 'nodegroup' as const, object }))
      : []),
  ];
  const words = parts.map(({ part, object }) => wordOfAck(part, object, appliedAt(instance)));
  return (
    words.find(({ kind }) => kind === 'failed') ??
    words.find(({ kind }) => kind === 'ailing') ??
    wordOfKro(hub, instance) ??
    words.find(({ kind }) => kind === 'waiting') ??
    (until === 'nodes' ? wholeInstance(instance) : { kind: 'ready' })
  );
}

function wordOfAck(
  part: 'cluster' | 'nodegroup',
  object: KubernetesObject,
  asked: string,
): KroProgress {
  const resource = nameOf(object);
  const { status, health } = fieldsOf(object['status']);
  const issues = issuesOf(health);
  const terminal = conditionOf(object, 'ACK.Terminal');
  if (terminal?.isTrue === true) {
    const what = `ACK gave it up: ${terminal.message}`;
    // Said of what was asked for before: ACK looks at it again, since its spec is another one now.
    const { since } = terminal;
    const isOld = since !== '' && asked !== '' && inSeconds(since) < inSeconds(asked);
    return isOld
      ? { kind: 'ailing', what, resource }
      : { kind: 'failed', part, what, resource, issues };
  }
  if (status === 'FAILED' || status === 'CREATE_FAILED')
    return { kind: 'failed', part, what: `${status}: ${issues.join('; ')}`, resource, issues };
  const recoverable = conditionOf(object, 'ACK.Recoverable');
  if (recoverable?.isTrue === true)
    return { kind: 'waiting', what: `ACK tries again: ${recoverable.message}`, resource };
  const synced = conditionOf(object, 'ACK.ResourceSynced');
  if (synced?.isTrue === true && (status === undefined || status === 'ACTIVE'))
    return { kind: 'ready' };
  const what =
    synced === undefined ? 'ACK has not taken it up yet' : `ACK: ${synced.message || 'not synced'}`;
  return { kind: 'waiting', what, resource };
}

/** Kubernetes' own times have whole seconds, ACK's need not. */
function inSeconds(isoTime: string): string {
  return isoTime.slice(0, '2026-11-26T14:39:22'.length);
}

/** What is wrong or open with the instance itself; null: nothing. */
function wordOfKro({ definition }: HubObjects, instance: KubernetesObject): Awaiting | null {
  const resource = nameOf(instance);
  if (definition === null)
    return { kind: 'ailing', what: 'its ResourceGraphDefinition is gone', resource };
  if (!definition.isActive)
    return {
      kind: 'ailing',
      what: `kro does not serve ${definition.name}: ${definition.message}`,
      resource,
    };
  const { state } = fieldsOf(instance['status']);
  const ready = conditionOf(instance, 'Ready');
  const graph = conditionOf(instance, 'GraphResolved');
  if (state === 'ERROR' || state === 'FAILED' || graph?.isTrue === false)
    return { kind: 'ailing', what: `kro: ${ready?.message ?? 'it is in error'}`, resource };
  return state === undefined
    ? { kind: 'waiting', what: 'kro has not taken it up yet', resource }
    : null;
}

function wholeInstance(instance: KubernetesObject): KroProgress {
  const { state } = fieldsOf(instance['status']);
  const ready = conditionOf(instance, 'Ready');
  return state === 'ACTIVE'
    ? { kind: 'ready' }
    : {
        kind: 'waiting',
        what: `kro: ${ready?.message ?? String(state)}`,
        resource: nameOf(instance),
      };
}

/** When our part of the instance was last changed, by the hub's own clock; empty where it does not say. */
function appliedAt({ metadata }: KubernetesObject): string {
  const { managedFields } = metadata;
  if (!Array.isArray(managedFields)) return '';
  const ours = managedFields
    .filter(isFields)
    .find(({ manager, subresource }) => manager === FIELD_MANAGER && subresource === undefined);
  const { time } = fieldsOf(ours);
  return typeof time === 'string' ? time : '';
}

function issuesOf(health: unknown): readonly string[] {
  const { issues } = fieldsOf(health);
  return Array.isArray(issues)
    ? issues
        .filter(isFields)
        .map(({ code, message }) => `${textOr(code, 'Unknown')}: ${textOr(message, '')}`)
    : [];
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name} on the hub`;
}

function failed(part: 'cluster', what: string, resource: string): KroProgress {
  return { kind: 'failed', part, what, resource, issues: [] };
}

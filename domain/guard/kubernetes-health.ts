import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/**
 * A cluster's own health, read off its objects' statuses: what Kubernetes itself counted and dated, so that one look is
 * enough and a guard need not remember. Pure.
 *
 * Crash loops and lost nodes hurt users: a breach. A failing add-on, a role that no longer trusts green (its pods have credentials for up
 * to an hour more) or a Flagger canary in progress makes what the guard and the judge see ambiguous without hurting anybody
 * yet: a hold.
 */
export interface KubernetesHealth {
  /** Pods of the plan's namespaces of which a container waits in CrashLoopBackOff. */
  readonly crashLooping: readonly {
    /** `namespace/name`. */
    readonly pod: string;
    /** Of its worst container. */
    readonly restarts: number;
  }[];
  readonly nodes: {
    readonly total: number;
    /** For how long each has not been ready. */
    readonly notReady: readonly { readonly name: string; readonly forSeconds: number }[];
  };
  /** EKS add-ons that have failed, as `name: status`. */
  readonly failingAddons: readonly string[];
  /** Flagger canaries in progress, as `namespace/name: phase`. */
  readonly canaries: readonly string[];
  /** ARNs of roles whose trust policy names green no more; absent where none was extended. */
  readonly untrusting?: readonly string[];
}

export interface KubernetesRule {
  /** Pods in a crash loop that are allowed. */
  readonly crashLoops: number;
  /** Crashes of one container that make a loop. */
  readonly crashes: number;
  readonly notReadyPercent: number;
  readonly notReadySeconds: number;
}

export function kubernetesBreaches(
  health: KubernetesHealth,
  rule: KubernetesRule,
): readonly string[] {
  const looping = health.crashLooping.filter(({ restarts }) => restarts >= rule.crashes);
  const { total, notReady } = health.nodes;
  const lost = notReady.filter(({ forSeconds }) => forSeconds >= rule.notReadySeconds);
  return [
    ...(looping.length > rule.crashLoops
      ? [`${looping.length} pods of green crash in a loop: ${some(looping.map(({ pod }) => pod))}`]
      : []),
    ...(total > 0 && 100 * lost.length > rule.notReadyPercent * total
      ? [
          `${lost.length} of green's ${total} nodes are not ready: ${some(lost.map(({ name }) => name))}`,
        ]
      : []),
    ...(total === 0 ? ['green has no node'] : []),
  ];
}

export function kubernetesHolds({
  failingAddons,
  canaries,
  untrusting = [],
}: KubernetesHealth): readonly string[] {
  return [
    ...(untrusting.length === 0
      ? []
      : [`trust policies lost the statement for green: ${some(untrusting)}`]),
    ...(failingAddons.length === 0 ? [] : [`add-ons of green fail: ${some(failingAddons)}`]),
    ...(canaries.length === 0
      ? []
      : [`Flagger moves traffic within green at the same time: ${some(canaries)}`]),
  ];
}

/** @param nowSeconds epoch */
export function crashLoopsOf(pods: readonly KubernetesObject[]): KubernetesHealth['crashLooping'] {
  return pods.flatMap((pod) => {
    const { containerStatuses, initContainerStatuses } = fieldsOf(pod['status']);
    const restarts = [...listOf(initContainerStatuses), ...listOf(containerStatuses)]
      .map(fieldsOf)
      .filter((status) => waitingReason(status) === 'CrashLoopBackOff')
      .map(({ restartCount }) => (typeof restartCount === 'number' ? restartCount : 0));
    if (restarts.length === 0) return [];
    const { namespace = '', name } = pod.metadata;
    return [{ pod: `${namespace}/${name}`, restarts: Math.max(...restarts) }];
  });
}

/** Nodes that are being taken away on purpose (unschedulable) count as well: what runs on them still serves. */
export function nodesOf(
  nodes: readonly KubernetesObject[],
  nowSeconds: number,
  secondsOf: (isoTime: string) => number,
): KubernetesHealth['nodes'] {
  const notReady = nodes.flatMap((node) => {
    const ready = listOf(fieldsOf(node['status'])['conditions'])
      .map(fieldsOf)
      .find(({ type }) => type === 'Ready');
    if (ready?.['status'] === 'True') return [];
    const since = ready?.['lastTransitionTime'] ?? node.metadata['creationTimestamp'];
    const sinceSeconds = typeof since === 'string' ? secondsOf(since) : nowSeconds;
    return [{ name: node.metadata.name, forSeconds: Math.max(0, nowSeconds - sinceSeconds) }];
  });
  return { total: nodes.length, notReady };
}

/** Phases in which Flagger moves traffic or is about to ("Canary status", Flagger documentation). */
const MOVING = new Set(['Waiting', 'Progressing', 'WaitingPromotion', 'Promoting', 'Finalising']);

export function movingCanaries(canaries: readonly KubernetesObject[]): readonly string[] {
  return canaries.flatMap((canary) => {
    const { phase } = fieldsOf(canary['status']);
    if (typeof phase !== 'string' || !MOVING.has(phase)) return [];
    const { namespace = '', name } = canary.metadata;
    return [`${namespace}/${name}: ${phase}`];
  });
}

function waitingReason(status: Readonly<Record<string, unknown>>): unknown {
  return fieldsOf(fieldsOf(status['state'])['waiting'])['reason'];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The first few names, and how many more. */
function some(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN;
  return `${names.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const MOST_SHOWN = 3;

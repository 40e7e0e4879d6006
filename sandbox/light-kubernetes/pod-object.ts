/** A pod, written out as its API server would show it. Pure. */
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import { kubernetesTime, type LightObject } from './light-object.ts';
import type { Pod, PodHealth } from './workload-pods.ts';

/** Crashes of a container that crashes in a loop; more than any guardrail allows. */
const RESTARTS = 12;

export function podObject(
  { metadata }: LightObject,
  pod: Pod,
  health: PodHealth,
  nowMs: number,
): LightObject {
  const template = fieldsOf(pod.template);
  const { labels, annotations } = fieldsOf(template['metadata']);
  const isLeaving = pod.leavesAtMs !== Infinity;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: metadata.namespace ?? '',
      uid: pod.uid,
      creationTimestamp: kubernetesTime(pod.startedAtMs),
      ...(isLeaving ? { deletionTimestamp: kubernetesTime(pod.leavesAtMs) } : {}),
      labels: textsOf(labels),
      annotations: textsOf(annotations),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: pod.name.replace(/-[^-]+$/u, ''),
          uid: metadata.uid ?? '',
          controller: true,
        },
      ],
    },
    spec: {
      ...fieldsOf(template['spec']),
      ...(pod.nodeName === '' ? {} : { nodeName: pod.nodeName }),
    },
    status: podStatus(template, pod, health, nowMs),
  };
}

function podStatus(template: Fields, pod: Pod, health: PodHealth, nowMs: number): Fields {
  if (pod.nodeName === '') return { phase: 'Pending', conditions: [] };
  const isReady = pod.readyAtMs <= nowMs;
  const startedAt = kubernetesTime(pod.startedAtMs);
  const { containers } = fieldsOf(template['spec']);
  const listed: readonly unknown[] = Array.isArray(containers) ? containers : [];
  const isLooping = health === 'crash-looping';
  const status = isReady ? 'True' : 'False';
  return {
    phase: 'Running',
    startTime: startedAt,
    podIP: pod.address,
    podIPs: [{ ip: pod.address }],
    conditions: ['ContainersReady', 'Ready'].map((type) => ({
      type,
      status,
      lastTransitionTime: isReady ? kubernetesTime(pod.readyAtMs) : startedAt,
    })),
    containerStatuses: listed.map(fieldsOf).map(({ name, image }) => ({
      name,
      image,
      imageID: '',
      restartCount: isLooping ? RESTARTS : 0,
      ready: isReady,
      started: isReady,
      state: isLooping ? { waiting: { reason: 'CrashLoopBackOff' } } : { running: { startedAt } },
    })),
  };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).map(([name, text]) => [name, String(text)]),
  );
}

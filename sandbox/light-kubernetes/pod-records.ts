/** Pods as the demo shop's server knows them: which address answers, and for what. Pure. */
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { PodRecord } from '#sandbox/shop/pod-directory.ts';
import type { LightObject } from './light-object.ts';

export function podRecords(cluster: string, pods: readonly LightObject[]): readonly PodRecord[] {
  return pods.flatMap(({ metadata, ...pod }) => {
    const { podIP, conditions } = fieldsOf(pod['status']);
    if (typeof podIP !== 'string') return [];
    const [container = {}] = listOf(fieldsOf(pod['spec'])['containers']);
    const isReady = listOf(conditions).some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    );
    return [
      {
        cluster,
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        uid: metadata.uid ?? '',
        address: podIP,
        ports: listOf(container['ports']).map(({ containerPort }) => Number(containerPort)),
        service: metadata.labels?.['app.kubernetes.io/name'] ?? '',
        image: typeof container['image'] === 'string' ? container['image'] : '',
        running: true,
        ready: isReady,
        terminating: metadata.deletionTimestamp !== undefined,
      },
    ];
  });
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

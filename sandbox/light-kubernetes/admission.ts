/**
 * What a server adds to objects, and what of them it refuses, for the few kinds where a migration would notice. Adding twice adds
 * nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { fieldsOf, type Fields } from '#domain/json/json-fields.ts';
import type { ServedKind } from './kinds.ts';
import type { LightObject } from './light-object.ts';
import { invalid } from './refusal.ts';

/** @param clusterIp for a Service that has none yet */
export function withDefaults(object: LightObject, clusterIp: () => string): LightObject {
  const { kind, metadata } = object;
  const spec = fieldsOf(object['spec']);
  switch (kind) {
    case 'Namespace': {
      const labels = { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels };
      return {
        ...object,
        metadata: { ...metadata, labels },
        spec: { finalizers: ['kubernetes'], ...spec },
      };
    }
    case 'Deployment':
    case 'StatefulSet':
      return { ...object, spec: { replicas: 1, ...spec } };
    case 'HorizontalPodAutoscaler':
      return { ...object, spec: { minReplicas: 1, ...spec } };
    case 'CronJob':
      return { ...object, spec: { concurrencyPolicy: 'Allow', suspend: false, ...spec } };
    case 'Secret':
      return withData(object);
    case 'Service':
      return { ...object, spec: serviceSpec(spec, clusterIp) };
    default:
      return object;
  }
}

/** Plain text of a Secret is taken and never shown. */
function withData(object: LightObject): LightObject {
  const { stringData, ...rest } = object;
  const encoded = Object.entries(fieldsOf(stringData)).map(([name, value]) => [
    name,
    Buffer.from(String(value), 'utf8').toString('base64'),
  ]);
  return {
    type: 'Opaque',
    ...rest,
    ...(encoded.length === 0
      ? {}
      : { data: { ...fieldsOf(object['data']), ...Object.fromEntries(encoded) } }),
  };
}

function serviceSpec(spec: Fields, clusterIp: () => string): Fields {
  const ports: readonly unknown[] = Array.isArray(spec['ports']) ? spec['ports'] : [];
  const address = spec['clusterIP'] ?? clusterIp();
  return {
    type: 'ClusterIP',
    clusterIPs: [address],
    ...spec,
    clusterIP: address,
    ports: ports.map(fieldsOf).map((port) => ({
      protocol: 'TCP',
      targetPort: port['port'],
      ...port,
    })),
  };
}

/** @throws Refusal 422 */
export function assertValid(
  kind: ServedKind,
  { metadata: { name }, ...object }: LightObject,
  before: LightObject | undefined,
): void {
  const spec = fieldsOf(object['spec']);
  const required = REQUIRED[kind.kind]?.find((field) => spec[field] === undefined);
  if (required !== undefined) throw invalid(kind, name, `spec.${required}: Required value`);
  if (kind.kind !== 'Deployment' || before === undefined) return;
  if (!isDeepStrictEqual(fieldsOf(before['spec'])['selector'], spec['selector']))
    throw invalid(kind, name, 'spec.selector: Invalid value: field is immutable');
}

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['selector', 'template'],
  DaemonSet: ['selector', 'template'],
  CronJob: ['schedule', 'jobTemplate'],
  Job: ['template'],
  TargetGroupBinding: ['serviceRef'],
};

import type { ObjectFinding, ObjectFindingCode } from '#domain/api-removals/object-finding.ts';
import type { Fields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** Blue's objects in the plan's namespaces, by kind, and what the plan says of them. */
export interface HazardFacts {
  readonly objects: readonly KubernetesObject[];
  /** `namespace/name` of Deployments that the plan hands over. */
  readonly singletons: readonly string[];
  readonly cronJobs: 'all' | 'none';
  /** `namespace/name` of Ingresses that are routes of the plan. */
  readonly plannedIngresses: readonly string[];
}

export function ofKind(
  { objects }: HazardFacts,
  kind: string,
): readonly (KubernetesObject & Fields)[] {
  return objects.filter((object) => object.kind === kind);
}

export function placeOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** A finding about an object that is there. */
export function hazard(
  object: KubernetesObject,
  code: ObjectFindingCode,
  severity: ObjectFinding['severity'],
  said: Pick<ObjectFinding, 'title' | 'evidence' | 'remedy' | 'source'>,
): ObjectFinding {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace = '' } = metadata;
  return { code, severity, resource: { apiVersion, kind, namespace, name }, ...said };
}

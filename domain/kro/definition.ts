import { fieldsOf } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';
import { conditionOf } from './conditions.ts';

/**
 * What a ResourceGraphDefinition says of itself: the kind that kro serves for it, and whether it does. Pure. Source: kro,
 * `api/v1alpha1/resourcegraphdefinition_types.go`.
 */
export interface KroDefinition {
  readonly name: string;
  /** Of instances, with group. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Does kro serve it? */
  readonly isActive: boolean;
  /** kro's own word where it does not. */
  readonly message: string;
  /** Fields that an instance may have. */
  readonly fields: readonly string[];
}

/** What every definition must take: by the tags we know our own cluster (I6). */
export const NEEDED_FIELDS = ['name', 'version', 'tags'] as const;

/** kro's group, where a definition names none. */
const DEFAULT_GROUP = 'kro.run';

export function definitionOf(object: KubernetesObject): KroDefinition {
  const schema = fieldsOf(fieldsOf(object['spec'])['schema']);
  const { state } = fieldsOf(object['status']);
  const group = textOf(schema['group']) || DEFAULT_GROUP;
  const ready = conditionOf(object, 'Ready');
  const isActive = state === 'Active';
  return {
    name: object.metadata.name,
    apiVersion: `${group}/${textOf(schema['apiVersion'])}`,
    kind: textOf(schema['kind']),
    isNamespaced: schema['scope'] !== 'Cluster',
    isActive,
    message: isActive ? '' : (ready?.message ?? 'kro has not looked at it yet'),
    fields: Object.keys(fieldsOf(schema['spec'])),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

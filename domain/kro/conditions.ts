import { fieldsOf, isFields } from '#domain/json/json-fields.ts';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** One condition of an object's status. */
export interface Condition {
  readonly type: string;
  readonly isTrue: boolean;
  readonly message: string;
  /** ISO time; empty where it is not told. */
  readonly since: string;
}

/** The condition of that type; undefined where the object has none. */
export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  const { conditions } = fieldsOf(object['status']);
  if (!Array.isArray(conditions)) return undefined;
  const found = conditions.filter(isFields).find((condition) => condition['type'] === type);
  if (found === undefined) return undefined;
  const { message, lastTransitionTime } = found;
  return {
    type,
    isTrue: found['status'] === 'True',
    message: typeof message === 'string' ? message : '',
    since: typeof lastTransitionTime === 'string' ? lastTransitionTime : '',
  };
}

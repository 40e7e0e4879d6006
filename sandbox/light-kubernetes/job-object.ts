/** A Job as the CronJob controller would start it. Pure. */
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { LightObject } from './light-object.ts';
import { RUN_ANNOTATION } from './statuses.ts';

/** @param suffix unique among the CronJob's Jobs @param runMs until it succeeds */
export function jobObject(
  { metadata, ...cronJob }: LightObject,
  suffix: string,
  runMs: number,
): LightObject {
  const { spec } = fieldsOf(fieldsOf(cronJob['spec'])['jobTemplate']);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${metadata.name}-${suffix}`,
      namespace: metadata.namespace ?? '',
      annotations: { [RUN_ANNOTATION]: String(runMs) },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: metadata.name,
          uid: metadata.uid ?? '',
          controller: true,
        },
      ],
    },
    spec: fieldsOf(spec),
  };
}

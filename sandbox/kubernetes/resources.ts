/**
 * The resources the sandbox itself reads, each with the fields it reads and no more. Whoever needs another kind or field
 * defines a resource of its own with `defineResource`.
 */
import { z } from 'zod';
import { defineResource, objectSchema, untypedResource } from './kubernetes-object.ts';

const conditionSchema = z.looseObject({ type: z.string(), status: z.string() });
/** A fresh CustomResourceDefinition has `null` there. */
export const conditionsSchema = z
  .array(conditionSchema)
  .nullish()
  .transform((conditions) => conditions ?? []);

export const namespaces = untypedResource({
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
});

export const nodes = defineResource({
  apiVersion: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  schema: objectSchema.extend({
    spec: z.looseObject({
      podCIDR: z.string().optional(),
      providerID: z.string().optional(),
      unschedulable: z.boolean().default(false),
    }),
    status: z.looseObject({ conditions: conditionsSchema }).default({ conditions: [] }),
  }),
});

export const pods = defineResource({
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  schema: objectSchema.extend({
    spec: z.looseObject({
      nodeName: z.string().optional(),
      containers: z.array(
        z.looseObject({
          name: z.string(),
          image: z.string().default(''),
          ports: z
            .array(z.looseObject({ name: z.string().optional(), containerPort: z.number() }))
            .default([]),
        }),
      ),
    }),
    status: z
      .looseObject({
        phase: z.string().default('Pending'),
        podIP: z.string().optional(),
        conditions: conditionsSchema,
      })
      .default({ phase: 'Pending', conditions: [] }),
  }),
});

export const deployments = defineResource({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  schema: objectSchema.extend({
    spec: z.looseObject({ replicas: z.number().default(1) }),
    status: z
      .looseObject({
        availableReplicas: z.number().default(0),
        observedGeneration: z.number().default(0),
        conditions: conditionsSchema,
      })
      .default({ availableReplicas: 0, observedGeneration: 0, conditions: [] }),
  }),
});

export const jobs = defineResource({
  apiVersion: 'batch/v1',
  kind: 'Job',
  plural: 'jobs',
  schema: objectSchema.extend({
    status: z
      .looseObject({ succeeded: z.number().default(0), conditions: conditionsSchema })
      .default({ succeeded: 0, conditions: [] }),
  }),
});

/** True when the condition of that type is present and `True`. */
export function hasCondition(
  object: {
    readonly status: { readonly conditions: readonly { type: string; status: string }[] };
  },
  type: string,
): boolean {
  return object.status.conditions.some(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

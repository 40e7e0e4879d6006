/** The kinds that the node agent reads and writes, each with the fields it looks at. */
import { z } from 'zod';
import { defineResource, objectSchema, untypedResource } from '../kubernetes/kubernetes-object.ts';
import { conditionsSchema } from '../kubernetes/resources.ts';

const texts = z.record(z.string(), z.string()).nullish();

export const agentPods = defineResource({
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
          command: z.array(z.string()).default([]),
          args: z.array(z.string()).default([]),
          volumeMounts: z
            .array(z.looseObject({ name: z.string(), mountPath: z.string() }))
            .default([]),
        }),
      ),
      volumes: z
        .array(
          z.looseObject({
            name: z.string(),
            persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
          }),
        )
        .default([]),
    }),
    status: z
      .looseObject({ phase: z.string().default('Pending'), conditions: conditionsSchema })
      .default({ phase: 'Pending', conditions: [] }),
  }),
});

export type AgentPod = ReturnType<(typeof agentPods)['parse']>;

export const agentServices = defineResource({
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  schema: objectSchema.extend({
    spec: z.looseObject({
      clusterIP: z.string().optional(),
      ports: z.array(z.looseObject({ port: z.number(), name: z.string().optional() })).default([]),
    }),
  }),
});

export const endpointSlices = defineResource({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  schema: objectSchema.extend({
    endpoints: z
      .array(
        z.looseObject({
          addresses: z.array(z.string()),
          conditions: z.looseObject({ ready: z.boolean().optional() }).optional(),
        }),
      )
      .nullish()
      .transform((all) => all ?? []),
  }),
});

export const storageClasses = defineResource({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
  schema: objectSchema.extend({
    provisioner: z.string(),
    parameters: texts,
    reclaimPolicy: z.string().default('Delete'),
    volumeBindingMode: z.string().default('Immediate'),
  }),
});

export const volumeClaims = defineResource({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  schema: objectSchema.extend({
    spec: z.looseObject({
      storageClassName: z.string().optional(),
      volumeName: z.string().optional(),
      accessModes: z.array(z.string()).default([]),
      resources: z.unknown(),
    }),
    status: z.looseObject({ phase: z.string().default('Pending') }).default({ phase: 'Pending' }),
  }),
});

export const volumes = defineResource({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
  schema: objectSchema.extend({
    spec: z.looseObject({ persistentVolumeReclaimPolicy: z.string().default('Retain') }),
    status: z.looseObject({ phase: z.string().default('Pending') }).default({ phase: 'Pending' }),
  }),
});

export const events = untypedResource({ apiVersion: 'v1', kind: 'Event', plural: 'events' });

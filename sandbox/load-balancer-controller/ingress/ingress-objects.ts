/** Ingresses and their classes, as far as the stand-in reads them. Source: Kubernetes API reference, networking.k8s.io/v1. */
import { z } from 'zod';
import { defineResource, objectSchema } from '#sandbox/kubernetes/kubernetes-object.ts';

const portSchema = z.looseObject({ name: z.string().optional(), number: z.number().optional() });
const backendSchema = z.looseObject({
  service: z.looseObject({ name: z.string(), port: portSchema.default({}) }).optional(),
});
const pathSchema = z.looseObject({
  path: z.string().default(''),
  pathType: z.enum(['Exact', 'Prefix', 'ImplementationSpecific']).default('ImplementationSpecific'),
  backend: backendSchema,
});

export const ingresses = defineResource({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  plural: 'ingresses',
  schema: objectSchema.extend({
    spec: z.looseObject({
      ingressClassName: z.string().optional(),
      defaultBackend: backendSchema.optional(),
      rules: z
        .array(
          z.looseObject({
            host: z.string().default(''),
            http: z.looseObject({ paths: z.array(pathSchema) }).optional(),
          }),
        )
        .default([]),
    }),
    status: z
      .looseObject({
        loadBalancer: z
          .looseObject({
            ingress: z
              .array(z.looseObject({ hostname: z.string().optional(), ip: z.string().optional() }))
              .default([]),
          })
          .default({ ingress: [] }),
      })
      .default({ loadBalancer: { ingress: [] } }),
  }),
});

export const ingressClasses = defineResource({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  schema: objectSchema.extend({ spec: z.looseObject({ controller: z.string().optional() }) }),
});

/** What the controller's Helm chart installs. */
export const albIngressClass = {
  metadata: { name: 'alb' },
  spec: { controller: 'ingress.k8s.aws/alb' },
};

export type Ingress = ReturnType<typeof ingresses.parse>;
export type IngressClass = ReturnType<typeof ingressClasses.parse>;
export type IngressPath = z.infer<typeof pathSchema>;
export type IngressBackend = z.infer<typeof backendSchema>;

/** `namespace/name`, as the controller names an Ingress in tags. */
export function ingressKey({ metadata }: Ingress): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

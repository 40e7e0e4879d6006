/**
 * From a Service and its EndpointSlices to the pod addresses that a target group should hold: ready endpoints only, at the
 * port that the Service's port leads to. Pure; called by controller.ts.
 */
import { z } from 'zod';
import { defineResource, objectSchema } from '#sandbox/kubernetes/kubernetes-object.ts';

export const services = defineResource({
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  schema: objectSchema.extend({
    spec: z.looseObject({
      ports: z
        .array(
          z.looseObject({
            name: z.string().optional(),
            port: z.number(),
            targetPort: z.union([z.number(), z.string()]).optional(),
          }),
        )
        .default([]),
    }),
  }),
});

const endpointSchema = z.looseObject({
  addresses: z.array(z.string()),
  /** Absent conditions mean ready (EndpointSlice API). */
  conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
});

export const endpointSlices = defineResource({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  schema: objectSchema.extend({
    endpoints: z.array(endpointSchema).nullish(),
    ports: z
      .array(z.looseObject({ name: z.string().nullish(), port: z.number().nullish() }))
      .nullish(),
  }),
});

export type EndpointSlice = ReturnType<typeof endpointSlices.parse>;
export type Service = ReturnType<typeof services.parse>;

export interface PodTarget {
  readonly address: string;
  readonly port: number;
}

/** Name of the label by which slices belong to a Service. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Undefined where the Service has no such port. */
export function readyTargets(
  service: Service,
  slices: readonly EndpointSlice[],
  portRef: number | string,
): readonly PodTarget[] | undefined {
  const servicePort = service.spec.ports.find(
    (port) => port.port === portRef || port.name === portRef,
  );
  if (servicePort === undefined) return undefined;
  return slices
    .filter((slice) => belongsTo(slice, service))
    .flatMap((slice) => {
      const port = slice.ports?.find((p) => (p.name ?? '') === (servicePort.name ?? ''))?.port;
      if (port === undefined || port === null) return [];
      return (slice.endpoints ?? [])
        .filter((endpoint) => endpoint.conditions.ready !== false)
        .flatMap((endpoint) => endpoint.addresses.map((address) => ({ address, port })));
    });
}

function belongsTo({ metadata }: EndpointSlice, service: Service): boolean {
  return (
    metadata.namespace === service.metadata.namespace &&
    metadata.labels[SERVICE_LABEL] === service.metadata.name
  );
}

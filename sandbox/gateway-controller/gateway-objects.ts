/**
 * Gateways, their classes and HTTPRoutes, as far as the stand-in reads them; the API server fills the defaults in. Source: Gateway
 * API v1.6, standard channel.
 */
import { z } from 'zod';
import {
  defineResource,
  objectSchema,
  untypedResource,
} from '#sandbox/kubernetes/kubernetes-object.ts';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

const listenerSchema = z.looseObject({
  name: z.string(),
  port: z.number(),
  protocol: z.string(),
});

const parentRefSchema = z.looseObject({
  kind: z.string().default('Gateway'),
  name: z.string(),
  namespace: z.string().optional(),
  sectionName: z.string().optional(),
  port: z.number().optional(),
});

const namedValueSchema = z.looseObject({
  type: z.string().default('Exact'),
  name: z.string(),
  value: z.string(),
});

const matchSchema = z.looseObject({
  path: z
    .looseObject({ type: z.string().default('PathPrefix'), value: z.string().default('/') })
    .default({ type: 'PathPrefix', value: '/' }),
  method: z.string().optional(),
  headers: z.array(namedValueSchema).default([]),
  queryParams: z.array(namedValueSchema).default([]),
});

const backendRefSchema = z.looseObject({
  group: z.string().default(''),
  kind: z.string().default('Service'),
  name: z.string(),
  namespace: z.string().optional(),
  port: z.number().optional(),
  weight: z.number().default(1),
});

const ruleSchema = z.looseObject({
  matches: z.array(matchSchema).default([]),
  backendRefs: z.array(backendRefSchema).default([]),
});

export const gateways = defineResource({
  apiVersion: GATEWAY_API,
  kind: 'Gateway',
  plural: 'gateways',
  schema: objectSchema.extend({
    spec: z.looseObject({ gatewayClassName: z.string(), listeners: z.array(listenerSchema) }),
    status: z.looseObject({}).optional(),
  }),
});

export const httpRoutes = defineResource({
  apiVersion: GATEWAY_API,
  kind: 'HTTPRoute',
  plural: 'httproutes',
  schema: objectSchema.extend({
    spec: z.looseObject({
      parentRefs: z.array(parentRefSchema).default([]),
      hostnames: z.array(z.string()).default([]),
      rules: z.array(ruleSchema).default([]),
    }),
    status: z.looseObject({ parents: z.array(z.looseObject({})).default([]) }).optional(),
  }),
});

export const gatewayClasses = untypedResource({
  apiVersion: GATEWAY_API,
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  namespaced: false,
});

export type Gateway = ReturnType<typeof gateways.parse>;
export type HttpRoute = ReturnType<typeof httpRoutes.parse>;
export type HttpRouteRule = HttpRoute['spec']['rules'][number];
export type HttpRouteMatch = HttpRouteRule['matches'][number];
export type BackendRef = HttpRouteRule['backendRefs'][number];
export type ParentRef = HttpRoute['spec']['parentRefs'][number];

/** Counted up by the API server with every change of what was asked for. */
export function generationOf({ metadata }: { readonly metadata: Gateway['metadata'] }): number {
  return Number(metadata['generation'] ?? 0);
}

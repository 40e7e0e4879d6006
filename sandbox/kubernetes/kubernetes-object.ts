/**
 * What the sandbox knows of Kubernetes objects: the metadata every object has, parsed once at the edge, and the rest left
 * as it came. A `Resource` joins an object's shape with the path it is served under, so that the admin client returns
 * parsed values. Called by the admin client and by everything of the sandbox that defines a shape of its own.
 */
import { z } from 'zod';

const labelsSchema = z.record(z.string(), z.string());

const ownerReferenceSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

export const metadataSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: labelsSchema.default({}),
  annotations: labelsSchema.default({}),
  finalizers: z.array(z.string()).default([]),
  ownerReferences: z.array(ownerReferenceSchema).default([]),
});

/** Any object: metadata parsed, everything else kept as it came (`looseObject`). */
export const objectSchema = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: metadataSchema,
});

export type KubernetesObject = z.infer<typeof objectSchema>;

/** One kind of object: where the API server serves it, and how an answer is parsed. */
export interface Resource<T extends KubernetesObject> {
  /** Group and version, such as `apps/v1`; `v1` for the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Lower-case plural as in the path, such as `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** @throws ZodError when the object has not the promised shape. */
  readonly parse: (value: unknown) => T;
}

export interface ResourceDefinition<T extends KubernetesObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** @default true */
  readonly namespaced?: boolean;
  /** Built with `objectSchema.extend({...})`, so that metadata stays. */
  readonly schema: z.ZodType<T>;
}

export function defineResource<T extends KubernetesObject>(
  definition: ResourceDefinition<T>,
): Resource<T> {
  const { apiVersion, kind, plural, namespaced = true, schema } = definition;
  return { apiVersion, kind, plural, namespaced, parse: (value) => schema.parse(value) };
}

/** A resource nobody reads the specification of: metadata only is parsed. */
export function untypedResource(
  definition: Omit<ResourceDefinition<KubernetesObject>, 'schema'>,
): Resource<KubernetesObject> {
  return defineResource({ ...definition, schema: objectSchema });
}

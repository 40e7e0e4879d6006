import { z } from 'zod';
import type { KubernetesObject } from '#domain/workloads/workload-copy.ts';

/** Objects and lists as an API server answers them: checked where we rely on them, every other field kept. */

/** Fails `internal` (by its cause) when the answer is no object. */
export function parseObject(answer: unknown): KubernetesObject {
  return objectSchema.parse(answer);
}

export interface ObjectPage {
  readonly objects: readonly KubernetesObject[];
  /** Where the next page begins; empty on the last one. */
  readonly next: string;
}

/** Items of a list do not say what they are: the list says it for all (`DeploymentList`). */
export function parsePage(answer: unknown): ObjectPage {
  const { apiVersion, kind, metadata, items } = listSchema.parse(answer);
  const itemKind = kind.replace(/List$/u, '');
  const objects = (items ?? []).map((item) => ({ apiVersion, kind: itemKind, ...item }));
  return { objects, next: metadata.continue };
}

const metadataSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
  ownerReferences: z.array(z.unknown()).exactOptional(),
});

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
});

const listSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ continue: z.string().default('') }),
  items: z.array(z.looseObject({ metadata: metadataSchema })).nullish(),
});

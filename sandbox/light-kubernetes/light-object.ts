/**
 * Objects as light clusters keep them: plain values that nobody changes, so that a thousand clusters may share what they were
 * furnished with. Everything a writer sent is kept, known or not.
 */
import { z } from 'zod';
import type { Fields } from '#domain/json/json-fields.ts';

const texts = z.record(z.string(), z.string());

const metadataSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().exactOptional(),
  labels: texts.exactOptional(),
  annotations: texts.exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
  ownerReferences: z.array(z.unknown()).exactOptional(),
  uid: z.string().exactOptional(),
  resourceVersion: z.string().exactOptional(),
  generation: z.number().exactOptional(),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
});

export const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
});

export type LightObject = Readonly<z.infer<typeof objectSchema>>;

/** Who wrote which fields, and how: what server-side apply goes by. */
export interface Claim {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** As sent: of an apply the whole intention, of patches what they set. */
  readonly fields: Fields;
  /** ISO, in seconds. */
  readonly at: string;
}

export interface Stored {
  readonly object: LightObject;
  readonly claims: readonly Claim[];
}

/** Fields that the server alone sets. */
export const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
] as const;

/** As Kubernetes writes times: in whole seconds. */
export function kubernetesTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

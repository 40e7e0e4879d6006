import { z } from 'zod';
import type { Inventory } from '#domain/plan-draft/inventory.ts';

const texts = z.array(z.string());

const foundRoute = z.strictObject({
  with: z.enum(['alb', 'nlb', 'ingress']),
  place: z.string(),
  matches: z.string(),
  blueTargetGroupArn: z.string(),
  loadBalancer: z.strictObject({ arn: z.string(), name: z.string() }),
  service: z.string().nullable(),
  ingress: z.string().nullable(),
  weightsOwner: z.string().nullable(),
  obstacles: texts,
  twinCommand: z.string(),
});

const inventorySchema: z.ZodType<Inventory> = z.strictObject({
  cluster: z.strictObject({
    name: z.string(),
    version: z.string(),
    access: z.strictObject({
      account: z.string(),
      region: z.string(),
      roleArn: z.string().optional(),
      externalId: z.string().optional(),
    }),
  }),
  offeredVersions: texts,
  nodegroups: texts,
  addons: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  namespaces: texts,
  routes: z.array(foundRoute),
  cronJobs: texts,
  leaders: texts,
  stateful: texts,
  unread: texts,
});

/** The inventory in a program's output; null when there is none. */
export function inventoryIn(text: string): Inventory | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  const checked = inventorySchema.safeParse(raw);
  return checked.success ? checked.data : null;
}

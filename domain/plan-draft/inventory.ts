/**
 * What stands around a blue cluster, as far as a plan is about it: found by a program that reads AWS and Kubernetes alone, and made a
 * draft of a plan by the command line. JSON-safe.
 */
import { z } from 'zod';
import type { DeepReadonly } from '#domain/plan/deep-readonly.ts';

const access = z.strictObject({
  account: z.string(),
  region: z.string(),
  roleArn: z.string().optional(),
  externalId: z.string().optional(),
});

/** A place that sends users to blue. */
const foundRoute = z.strictObject({
  with: z.enum(['alb', 'nlb', 'ingress']),
  /** ARN of the rule, or of the listener where it is the default action or a Network Load Balancer's. */
  place: z.string(),
  /** What the rule matches, in words; empty where everything else comes by. */
  matches: z.string(),
  blueTargetGroupArn: z.string(),
  loadBalancer: z.strictObject({ arn: z.string(), name: z.string() }),
  /** The Service on blue whose pods are its targets, `namespace/name`; null where nothing on blue says so. */
  service: z.string().nullable(),
  /** Of an Ingress: `namespace/name`. */
  ingress: z.string().nullable(),
  /** Who else writes the rule from files of its own, as a tag tells; null where none does. */
  weightsOwner: z.string().nullable(),
  /** What keeps it from being a route of a plan as it is, one sentence each. */
  obstacles: z.array(z.string()),
  /** The command that makes a target group like blue's, for green. */
  twinCommand: z.string(),
});

export const inventorySchema = z.strictObject({
  cluster: z.strictObject({ name: z.string(), version: z.string(), access }),
  /** Kubernetes versions that EKS offers, unordered. */
  offeredVersions: z.array(z.string()),
  nodegroups: z.array(z.string()),
  addons: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  /** Namespaces with workloads, without those of Kubernetes itself. */
  namespaces: z.array(z.string()),
  routes: z.array(foundRoute),
  /** CronJobs that are not suspended, `namespace/name`. */
  cronJobs: z.array(z.string()),
  /** Deployments that hold a Lease in their namespace, `namespace/name`. */
  leaders: z.array(z.string()),
  /** StatefulSets, `namespace/name`: their data does not move. */
  stateful: z.array(z.string()),
  /** What could not be read, one sentence each. */
  unread: z.array(z.string()),
});

export type Inventory = DeepReadonly<z.output<typeof inventorySchema>>;
export type FoundRoute = Inventory['routes'][number];

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

import type { Nodegroup } from '@aws-sdk/client-eks';
import { jsonFieldsOf, type JsonFields } from '#domain/json/json-value.ts';
import type { KroDefinition } from '#domain/kro/definition.ts';
import { clientToken, ownershipTags } from '#domain/identity.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { clusterLike } from '#activities/adapters/aws/cluster-like.ts';
import { requireCluster } from '#activities/adapters/aws/found-cluster.ts';
import { eachNodegroup } from '#activities/adapters/aws/found-nodegroups.ts';
import { nodegroupLike } from '#activities/adapters/aws/nodegroup-like.ts';
import type { KroOrder } from './hub.ts';
import { kroValues, type KroValues } from './kro-values.ts';

/** What green's instance is told: blue's shape, and over it what the plan sets. Throws the SDK's errors. */

/**
 * Blue's shape as values of our definition. Fails `unexpected-shape` for a blue that cannot be had a second time.
 * @param isAsked the node groups that green is to have. @default all
 */
export async function valuesOfBlue(
  clients: AwsClients,
  { blue, green, ref }: KroOrder,
  signal: AbortSignal,
  isAsked: (nodegroup: Nodegroup) => boolean = () => true,
): Promise<KroValues> {
  const identity = { clientToken: clientToken(ref, 'green'), tags: ownershipTags(ref) };
  const model = await requireCluster(clients, blue, signal);
  const nodegroups = [];
  for await (const [, found] of eachNodegroup(clients, blue, signal))
    if (isAsked(found)) nodegroups.push(nodegroupLike(found, green.name, identity));
  return kroValues(clusterLike(model, green, identity), nodegroups);
}

/**
 * The spec of the instance: of blue's values those that the definition takes, each as a whole under what the plan sets. Name, version and
 * ownership tags are never the plan's to change.
 */
export function instanceSpec(
  ofBlue: JsonFields,
  { fields }: Pick<KroDefinition, 'fields'>,
  { way, green, ref }: KroOrder,
): JsonFields {
  const taken = Object.entries(ofBlue).filter(([field]) => fields.includes(field));
  const wanted = jsonFieldsOf(way.values);
  return {
    ...Object.fromEntries(taken),
    ...wanted,
    name: green.name,
    version: green.version,
    tags: {
      ...jsonFieldsOf(ofBlue['tags']),
      ...jsonFieldsOf(wanted['tags']),
      ...ownershipTags(ref),
    },
  };
}

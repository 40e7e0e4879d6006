import { CutoverFailure } from '#domain/failures.ts';
import type { ClusterDescription } from '#activities/ports/clusters.ts';
import type { ClusterRef, Identified } from '#activities/ports/refs.ts';
import type { Tools } from '#activities/tools.ts';

/**
 * A cluster as it is now, provided it is still the one that was resolved (I5): a cluster that was deleted and made
 * again has the same ARN, so the creation time is compared too. Null when it is gone.
 */
export async function describeSame(
  { ports }: Tools,
  cluster: ClusterRef,
  identity: Identified,
  signal: AbortSignal,
): Promise<ClusterDescription | null> {
  const now = await ports.clusters.describe(cluster, signal);
  if (now === null || (now.arn === identity.arn && now.createdAt === identity.createdAt))
    return now;
  throw new CutoverFailure(
    'identity-changed',
    `the cluster made at ${now.createdAt} is not the one made at ${identity.createdAt}`,
    { resource: now.arn },
  );
}

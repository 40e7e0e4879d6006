import type { Cluster } from '@aws-sdk/client-eks';
import { CutoverFailure } from '#domain/failures.ts';
import type { Clock } from '#activities/ports/clock.ts';
import type { KubernetesClusters } from '#activities/ports/kubernetes.ts';
import type { ClusterRef, Identified } from '#activities/ports/refs.ts';
import type { AwsClients } from '#activities/adapters/aws/aws-clients.ts';
import { clusterResource, requireCluster } from '#activities/adapters/aws/found-cluster.ts';
import { asFailure, knownFailure } from '#activities/adapters/known-failures.ts';
import { connectApiServer, type ApiServer } from './api-server.ts';
import { eksToken, TOKEN_LIFE_MS } from './eks-token.ts';
import { createObjectApi } from './object-api.ts';
import { serviceAccountToken } from './service-account-token.ts';

/**
 * Connections to EKS clusters' API servers, one per cluster and shared by all activities of a worker. A connection
 * belongs to an identity (ARN and creation time, I5): a cluster made anew under the same name has another endpoint
 * and authority, so a connection kept can never reach it.
 */

/** How long EKS's word on endpoint and authority is taken before it is asked again; authorities are rotated. */
const DESCRIPTION_LIFE_MS = 5 * 60_000;
/** How long a connection that is there waits for EKS's word, and how long EKS is left alone where none came. Milliseconds. */
const ANSWER_WITHIN_MS = 1_000;
const SILENCE_MS = 30_000;

/** Tokens of service accounts, for other adapters alone. */
export interface ServiceAccountTokens {
  /** The shortest that the cluster gives. Fails `not-found` where there is no such account. */
  tokenFor(
    cluster: ClusterRef,
    identity: Identified,
    account: { readonly namespace: string; readonly name: string },
    audience: string,
    signal: AbortSignal,
  ): Promise<string>;
}

export interface EksKubernetes extends KubernetesClusters, ServiceAccountTokens {
  /** Waits for requests under way, then frees all sockets. */
  close(): Promise<void>;
}

interface Connection {
  readonly server: ApiServer;
  readonly endpoint: string;
  readonly caData: string;
  readonly describedAtMs: number;
}

export function createEksKubernetes(parts: {
  readonly clients: AwsClients;
  readonly clock: Pick<Clock, 'nowMs'>;
}): EksKubernetes {
  const { clients, clock } = parts;
  const connections = new Map<string, Connection>();

  async function connection(
    cluster: ClusterRef,
    identity: Identified,
    signal: AbortSignal,
  ): Promise<Connection> {
    const key = JSON.stringify([cluster.access, identity.arn, identity.createdAt]);
    const known = connections.get(key);
    if (known !== undefined && clock.nowMs() - known.describedAtMs < DESCRIPTION_LIFE_MS)
      return known;
    const found = await describe(cluster, known !== undefined, signal);
    const describedAtMs = clock.nowMs();
    if (found === null && known !== undefined) {
      const kept = { ...known, describedAtMs: describedAtMs - DESCRIPTION_LIFE_MS + SILENCE_MS };
      connections.set(key, kept);
      return kept;
    }
    const place = apiOf(cluster, identity, found);
    const token = renewedToken(cluster);
    const made = await connectApiServer({ name: cluster.name, ...place, token });
    // Looked up again: another call may have come first while this one waited.
    const old = connections.get(key);
    if (old?.endpoint === place.endpoint && old.caData === place.caData) {
      const kept = { ...old, describedAtMs };
      connections.set(key, kept);
      await made.close();
      return kept;
    }
    const next = { server: made, ...place, describedAtMs };
    connections.set(key, next);
    await old?.server.close();
    return next;
  }

  /** Null where EKS does not answer and a connection is there: a rollback must not wait for EKS while the API server serves. */
  async function describe(
    cluster: ClusterRef,
    isConnected: boolean,
    signal: AbortSignal,
  ): Promise<Cluster | null> {
    if (!isConnected) return requireCluster(clients, cluster, signal);
    const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
    try {
      return await requireCluster(clients, cluster, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      const { type } = knownFailure(error, clusterResource(cluster));
      if (limit.aborted || type === 'unavailable' || type === 'throttled') return null;
      throw error;
    }
  }

  function renewedToken(cluster: ClusterRef): (renew: boolean) => Promise<string> {
    let token: { readonly text: Promise<string>; readonly madeAtMs: number } | undefined;
    return async (renew) => {
      const nowMs = clock.nowMs();
      if (renew || token === undefined || nowMs - token.madeAtMs > TOKEN_LIFE_MS)
        token = { text: eksToken(clients.sts(cluster.access), cluster.name), madeAtMs: nowMs };
      try {
        return await token.text;
      } catch (error) {
        token = undefined;
        throw error;
      }
    };
  }

  return {
    connect: (cluster, identity, signal) =>
      asFailure(clusterResource(cluster), signal, async () => {
        const { server } = await connection(cluster, identity, signal);
        return createObjectApi(server, cluster.name);
      }),
    tokenFor: (cluster, identity, account, audience, signal) =>
      asFailure(
        `${cluster.name}/serviceaccounts/${account.namespace}/${account.name}`,
        signal,
        async () => {
          const { server } = await connection(cluster, identity, signal);
          return serviceAccountToken(server, account, audience, signal);
        },
      ),
    close: async () => {
      const open = [...connections.values()];
      connections.clear();
      await Promise.all(open.map(({ server }) => server.close()));
    },
  };
}

/** Endpoint and authority; fails `identity-changed` for another cluster of that name, `waiting` while it has none yet. */
function apiOf(
  cluster: ClusterRef,
  identity: Identified,
  found: Cluster | null,
): { readonly endpoint: string; readonly caData: string } {
  const resource = clusterResource(cluster);
  const { arn, createdAt, endpoint, certificateAuthority } = found ?? {};
  if (arn !== identity.arn || createdAt?.toISOString() !== identity.createdAt)
    throw new CutoverFailure(
      'identity-changed',
      `expected ${identity.arn} of ${identity.createdAt}, found ${arn} of ${createdAt?.toISOString()}`,
      { resource },
    );
  if (endpoint === undefined || certificateAuthority?.data === undefined)
    throw new CutoverFailure('waiting', 'the cluster has no API server endpoint yet', { resource });
  return { endpoint, caData: certificateAuthority.data };
}

/**
 * EKS tokens, checked for real. A cluster's API server asks `POST /_sandbox/token-webhook/<cluster>` (TokenReview v1) about each
 * bearer token; a token is a presigned GetCallerIdentity URL, and who it names is looked up in the cluster's access entries.
 *
 * T1 The URL is never called: its signature is verified here, against whatever host was signed.
 * T2 The cluster's name is a signed header, so that a token for one cluster opens no other.
 * T3 A token is good for at most 15 minutes after signing.
 * Source: github.com/kubernetes-sigs/aws-iam-authenticator, "API Authorization from Outside a Cluster".
 */
import type { ControlAnswer, ControlRoute } from '../core/control-api.ts';
import type { Identity } from '../core/identities.ts';
import {
  findSignature,
  signatureIsRight,
  signingTime,
  type SignableRequest,
} from '../core/signature.ts';
import { isRecord } from '../core/values.ts';
import { entryGroup } from './access-policies.ts';
import type { ClusterRecord, EksState } from './eks-state.ts';

const TOKEN_PREFIX = 'k8s-aws-v1.';
const CLUSTER_HEADER = 'x-k8s-aws-id';
const LONGEST_LIFE_SECONDS = 15 * 60;
const CLOCK_SKEW_SECONDS = 60;
export const TOKEN_WEBHOOK_PATH = 'token-webhook/';

interface KubernetesUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
}

export function tokenWebhook(state: EksState): ControlRoute {
  return ({ method, path, body }) => {
    if (method !== 'POST' || !path.startsWith(TOKEN_WEBHOOK_PATH)) return undefined;
    const record = state.clusters.get(decodeURIComponent(path.slice(TOKEN_WEBHOOK_PATH.length)));
    const identity = record === undefined ? undefined : tokenIdentity(state, record, tokenOf(body));
    return review(
      record === undefined || identity === undefined ? undefined : kubernetesUser(record, identity),
    );
  };
}

/** Whom a token speaks for; undefined when it is not valid for this cluster. */
function tokenIdentity(
  state: EksState,
  record: ClusterRecord,
  token: string,
): Identity | undefined {
  const request = presignedRequest(token, record.cluster.name ?? '');
  const found = request === undefined ? undefined : findSignature(request);
  if (request === undefined || found === undefined || found.service !== 'sts' || !found.presigned)
    return undefined;
  if (!found.signedHeaders.includes(CLUSTER_HEADER) || !found.signedHeaders.includes('host'))
    return undefined;

  const signedAt = signingTime(found);
  const ageSeconds =
    signedAt === undefined ? Number.NaN : (state.now().getTime() - signedAt.getTime()) / 1_000;
  const life = found.expiresSeconds ?? LONGEST_LIFE_SECONDS;
  // The URL's own expiry is not the token's: AWS's authenticator accepts what was signed within 15 minutes.
  if (
    life > LONGEST_LIFE_SECONDS ||
    !(ageSeconds >= -CLOCK_SKEW_SECONDS && ageSeconds <= LONGEST_LIFE_SECONDS)
  ) {
    return undefined;
  }
  const identity = state.parts.account.identities.find(found.accessKeyId);
  if (identity === undefined || identity.sessionToken !== found.sessionToken) return undefined;
  if (identity.expiresAt !== undefined && identity.expiresAt <= state.now()) return undefined;
  return signatureIsRight(request, found, identity.secretAccessKey) ? identity : undefined;
}

/** The request the token's URL stands for; undefined for anything but GetCallerIdentity. */
function presignedRequest(token: string, clusterName: string): SignableRequest | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) return undefined;
  const text = Buffer.from(token.slice(TOKEN_PREFIX.length), 'base64url').toString('utf8');
  const url = URL.parse(text);
  if (url?.searchParams.get('Action') !== 'GetCallerIdentity') return undefined;
  const headers = { host: url.host, [CLUSTER_HEADER]: clusterName };
  return {
    method: 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.alloc(0),
  };
}

/** Undefined when the cluster lets the principal in through no entry. */
function kubernetesUser(record: ClusterRecord, identity: Identity): KubernetesUser | undefined {
  const known = record.access.get(identity.principalArn);
  if (known === undefined) return undefined;
  const { username = '', kubernetesGroups = [] } = known.entry;
  const sessionName = identity.arn.split('/').at(-1) ?? '';
  return {
    username: username.replace('{{SessionName}}', sessionName.replaceAll('@', '-')),
    uid: `aws-iam-authenticator:${identity.accountId}:${identity.userId.split(':')[0]}`,
    groups: [...kubernetesGroups, entryGroup(identity.principalArn)],
  };
}

function review(user: KubernetesUser | undefined): ControlAnswer {
  const status = user === undefined ? { authenticated: false } : { authenticated: true, user };
  return {
    status: 200,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status },
  };
}

function tokenOf(body: unknown): string {
  const spec = isRecord(body) ? body['spec'] : undefined;
  const token = isRecord(spec) ? spec['token'] : undefined;
  return typeof token === 'string' ? token : '';
}

/** What a request to an API server is about, read off its method, path and headers. Pure. */
import type { Kinds } from './kinds.ts';
import type { Place } from './cluster-objects.ts';
import { badRequest, notPlayed, Refusal } from './refusal.ts';

type Verb = 'list' | 'get' | 'create' | 'apply' | 'patch' | 'delete';

export interface ApiRequest {
  readonly verb: Verb;
  readonly kind: Place['kind'];
  readonly namespace: string | null;
  /** Empty for lists, and for what is created. */
  readonly name: string;
  readonly isStatus: boolean;
  /** A token for the service account is asked for. */
  readonly isToken: boolean;
  readonly query: URLSearchParams;
}

const PATCHES: Readonly<Record<string, 'apply' | 'patch'>> = {
  'application/apply-patch+yaml': 'apply',
  'application/merge-patch+json': 'patch',
};

/** @throws Refusal 404 where the path leads nowhere, 405, 415, and 501 for what real servers do and these do not. */
export function readApiRequest(
  kinds: Kinds,
  {
    method,
    path,
    query,
    contentType,
  }: {
    readonly method: string;
    /** Below the cluster's own. */
    readonly path: string;
    readonly query: URLSearchParams;
    readonly contentType: string;
  },
): ApiRequest {
  const { apiVersion, namespace, plural, name, subresource } = partsOf(path);
  const kind = kinds.served(apiVersion, plural);
  if (kind === undefined || (namespace !== null && !kind.namespaced))
    throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
  const isToken = subresource === 'token' && plural === 'serviceaccounts' && method === 'POST';
  if (subresource !== '' && subresource !== 'status' && !isToken)
    throw notPlayed(`the subresource ${subresource}`);
  if (query.get('watch') === 'true') throw notPlayed('watches');
  const verb = isToken ? 'create' : verbOf(method, name, contentType);
  if (kind.namespaced && namespace === null && verb !== 'list')
    throw badRequest('a namespace is needed');
  return { verb, kind, namespace, name, isStatus: subresource === 'status', isToken, query };
}

function verbOf(method: string, name: string, contentType: string): Verb {
  const isOne = name !== '';
  if (method === 'GET') return isOne ? 'get' : 'list';
  if (method === 'POST' && !isOne) return 'create';
  if (method === 'DELETE' && isOne) return 'delete';
  if (method !== 'PATCH' || !isOne)
    throw new Refusal(405, 'MethodNotAllowed', `${method} is not allowed here`);
  const patch = PATCHES[contentType.split(';')[0] ?? ''];
  if (patch === undefined)
    throw new Refusal(415, 'UnsupportedMediaType', `light clusters take no ${contentType}`);
  return patch;
}

/** `/api/v1/…` or `/apis/GROUP/VERSION/…`, then `[namespaces/NAMESPACE/]PLURAL[/NAME[/SUBRESOURCE]]`. */
function partsOf(path: string): {
  readonly apiVersion: string;
  readonly namespace: string | null;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
} {
  const [root = '', ...rest] = path.slice(1).split('/').map(decodeURIComponent);
  const isCore = root === 'api';
  const apiVersion = isCore ? (rest[0] ?? '') : rest.slice(0, 2).join('/');
  const named = rest.slice(isCore ? 1 : 2);
  const isInside = named[0] === 'namespaces' && named.length > 2 && named[2] !== 'status';
  const namespace = isInside ? (named[1] ?? '') : null;
  const [plural = '', name = '', subresource = ''] = isInside ? named.slice(2) : named;
  return { apiVersion, namespace, plural, name, subresource };
}

/** What each verb does to a cluster, and what it answers. */
import { assertNever } from '#domain/assert-never.ts';
import { fieldsOf } from '#domain/json/json-fields.ts';
import type { ApiRequest } from './api-request.ts';
import type { Place } from './cluster-objects.ts';
import { apiVersionOf } from './kinds.ts';
import type { LightCluster } from './light-cluster.ts';
import type { LightObject, Stored } from './light-object.ts';
import { badRequest, Refusal } from './refusal.ts';
import { matchesFields, matchesLabels } from './selectors.ts';

export interface Answer {
  readonly status: number;
  readonly value: unknown;
  /** Of writes: was there no such object before? */
  readonly created?: boolean;
}

const LARGEST_PAGE = 10_000;

/** @throws Refusal */
export function answerOf(cluster: LightCluster, request: ApiRequest, sent: unknown): Answer {
  const { verb, kind, namespace, name, query } = request;
  const place = { kind, namespace, name };
  const manager = query.get('fieldManager') ?? 'unknown';
  if (verb !== 'get' && verb !== 'list' && verb !== 'delete') cluster.assertWritable(kind);
  switch (verb) {
    case 'list':
      return list(cluster, request);
    case 'get':
      return { status: 200, value: cluster.read(place) };
    case 'create': {
      if (request.isToken)
        return { status: 201, value: cluster.tokens.issue(cluster.read(place), sent) };
      const named = { ...place, name: nameIn(sent) };
      return shown(cluster, named, true, cluster.objects.create(named, sent, manager));
    }
    case 'apply': {
      if (query.get('force') !== 'true')
        throw badRequest('light clusters take server-side apply with force only');
      if (request.isStatus)
        return shown(cluster, place, false, cluster.objects.mergeStatus(place, fieldsOf(sent)));
      const isNew = cluster.objects.find(place) === undefined;
      return shown(cluster, place, isNew, cluster.objects.apply(place, sent, manager));
    }
    case 'patch': {
      const patch = fieldsOf(sent);
      const stored = request.isStatus
        ? cluster.objects.mergeStatus(place, patch)
        : cluster.objects.merge(place, patch, manager);
      return shown(cluster, place, false, stored);
    }
    case 'delete':
      cluster.delete(place);
      return {
        status: 200,
        value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' },
      };
    default:
      return assertNever(verb);
  }
}

function shown(cluster: LightCluster, place: Place, created: boolean, stored: Stored): Answer {
  return { status: created ? 201 : 200, value: cluster.show(place.kind, stored), created };
}

function nameIn(sent: unknown): string {
  const { name } = fieldsOf(fieldsOf(sent)['metadata']);
  if (typeof name !== 'string' || name === '') throw badRequest('metadata.name is required');
  return name;
}

/** Items do not say what they are, as from a real server. @throws Refusal 410 for a page of nobody's list */
function list(cluster: LightCluster, { kind, namespace, query }: ApiRequest): Answer {
  const [labels, fields] = [query.get('labelSelector') ?? '', query.get('fieldSelector') ?? ''];
  const all = cluster
    .list(kind, namespace)
    .filter((object) => matchesLabels(object, labels) && matchesFields(object, fields));
  const limit = Number(query.get('limit') ?? '0') || LARGEST_PAGE;
  const after = continuedAfter(query.get('continue'));
  const left = after === '' ? all : all.filter((object) => keyOf(object) > after);
  const page = left.slice(0, limit);
  const last = page.at(-1);
  const next = left.length > limit && last !== undefined ? encoded(keyOf(last)) : '';
  return {
    status: 200,
    value: {
      kind: `${kind.kind}List`,
      apiVersion: apiVersionOf(kind),
      metadata: { resourceVersion: cluster.objects.resourceVersion, continue: next },
      items: page.map(({ kind: _kind, apiVersion: _version, ...item }) => item),
    },
  };
}

const keyOf = ({ metadata }: LightObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const encoded = (key: string): string => Buffer.from(`after ${key}`, 'utf8').toString('base64url');

function continuedAfter(token: string | null): string {
  if (token === null || token === '') return '';
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after '))
    throw new Refusal(410, 'Expired', 'The provided continue parameter is too old');
  return text.slice('after '.length);
}

/**
 * What a match of an HTTPRoute becomes on the data plane, and which of two matches a request meets. Pure; called by
 * routing-of-gateway.ts. Source: Gateway API, `HTTPRouteRule.matches`: exact paths before prefixes, longer prefixes before shorter,
 * then a method, then more headers, then more query parameters; then the older route, then the name.
 */
import type { RuleCondition } from '#sandbox/data-plane/routing-table.ts';
import type { HttpRouteMatch } from './gateway-objects.ts';

export function conditionsOf(
  match: HttpRouteMatch,
  hostnames: readonly string[],
): readonly RuleCondition[] {
  const { path, method, headers, queryParams } = match;
  return [
    ...(hostnames.length === 0 ? [] : [{ kind: 'host-header', values: hostnames } as const]),
    ...pathConditions(path),
    ...(method === undefined ? [] : [{ kind: 'http-request-method', values: [method] } as const]),
    ...headers.map(({ name, value }) => ({ kind: 'http-header', name, values: [value] }) as const),
    ...queryParams.map(
      ({ name, value }) => ({ kind: 'query-string', values: [{ key: name, value }] }) as const,
    ),
  ];
}

/** What the stand-in plays of matches: no regular expressions. */
export function isPlayed({ path, headers, queryParams }: HttpRouteMatch): boolean {
  return (
    (path.type === 'Exact' || path.type === 'PathPrefix') &&
    [...headers, ...queryParams].every(({ type }) => type === 'Exact')
  );
}

/** Below 0 where `one` comes first; 0 where the match itself does not say. */
export function byPrecedence(one: HttpRouteMatch, other: HttpRouteMatch): number {
  const exact = Number(other.path.type === 'Exact') - Number(one.path.type === 'Exact');
  if (exact !== 0) return exact;
  const length = other.path.value.length - one.path.value.length;
  if (length !== 0) return length;
  const method = Number(other.method !== undefined) - Number(one.method !== undefined);
  if (method !== 0) return method;
  const headers = other.headers.length - one.headers.length;
  return headers === 0 ? other.queryParams.length - one.queryParams.length : headers;
}

/** A prefix is whole elements of a path: `/api` is no prefix of `/apis`. */
function pathConditions({ type, value }: HttpRouteMatch['path']): readonly RuleCondition[] {
  if (type === 'Exact') return [{ kind: 'path-pattern', values: [value] }];
  const prefix = value.replace(/\/$/u, '');
  return prefix === '' ? [] : [{ kind: 'path-pattern', values: [prefix, `${prefix}/*`] }];
}

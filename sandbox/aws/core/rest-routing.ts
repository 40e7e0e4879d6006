/**
 * What the REST protocols share on the server's side: method, path and the literals of the query string name the operation;
 * labels, query parameters and headers carry members. Called by rest-json-protocol.ts and rest-xml-protocol.ts.
 * Source: smithy.io/2.0/spec/http-bindings.html
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Operation, ServiceModel } from './service-model.ts';
import { scalarFromText } from './values.ts';
import type { WireProtocol, WireRequest } from './wire.ts';

interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** What the query string must hold; an empty value stands for any. */
  readonly literals: readonly (readonly [string, string])[];
}

/** The route that a request takes, with its labels decoded; undefined when it names no operation. */
function findRoute(
  routes: readonly Route[],
  request: WireRequest,
): { readonly operation: Operation; readonly labels: ReadonlyMap<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === request.method ? route.pattern.exec(request.path) : null;
    if (match === null || !hasLiterals(request.query, route)) continue;
    const labels = new Map(
      route.labels.map((label, i) => [label, decodeURIComponent(match[i + 1] ?? '')]),
    );
    return { operation: route.operation, labels };
  }
  return undefined;
}

function hasLiterals(query: URLSearchParams, { literals }: Route): boolean {
  return literals.every(([name, value]) =>
    value === '' ? query.has(name) : query.get(name) === value,
  );
}

/** Literals come before labels, and more of them before fewer: `/clusters/{name}` must not swallow a longer literal. */
function routesOf(model: ServiceModel): readonly Route[] {
  const routes: Route[] = [];
  for (const operation of model.operations.values()) {
    if (operation.http === undefined) continue;
    const labels: string[] = [];
    const [path = '', query = ''] = operation.http.uri.split('?');
    const pattern = path.replaceAll(
      /\{([^}+]+)(\+?)\}/g,
      (_whole, label: string, greedy: string) => {
        labels.push(label);
        return greedy === '+' ? '(.+)' : '([^/]+)';
      },
    );
    routes.push({
      operation,
      method: operation.http.method,
      pattern: new RegExp(`^${pattern}/?$`),
      labels,
      literals: [...new URLSearchParams(query)],
    });
  }
  return routes.sort(
    (a, b) => a.labels.length - b.labels.length || b.literals.length - a.literals.length,
  );
}

/** Members that travel in the path, the query string or the headers. */
function boundMembers(
  input: NormalizedSchema,
  labels: ReadonlyMap<string, string>,
  { query, headers }: Pick<WireRequest, 'query' | 'headers'>,
): Readonly<Record<string, unknown>> {
  const bound: Record<string, unknown> = {};
  if (input.isUnitSchema()) return bound;
  for (const [name, member] of input.structIterator()) {
    const traits = member.getMergedTraits();
    const label = labels.get(name);
    if (traits.httpLabel !== undefined && label !== undefined) {
      bound[name] = scalarFromText(member, label);
    } else if (traits.httpQuery !== undefined && query.has(traits.httpQuery)) {
      bound[name] = member.isListSchema()
        ? query
            .getAll(traits.httpQuery)
            .map((text) => scalarFromText(member.getValueSchema(), text))
        : scalarFromText(member, query.get(traits.httpQuery) ?? '');
    } else if (traits.httpHeader !== undefined) {
      const text = headers[traits.httpHeader.toLowerCase()];
      if (text !== undefined) bound[name] = fromHeader(member, text);
    } else if (traits.httpPrefixHeaders !== undefined) {
      const prefixed = withPrefix(headers, traits.httpPrefixHeaders.toLowerCase());
      if (prefixed.length > 0) bound[name] = Object.fromEntries(prefixed);
    }
  }
  return bound;
}

function fromHeader(member: NormalizedSchema, text: string): unknown {
  if (!member.isListSchema()) return scalarFromText(member, text);
  return text.split(',').map((part) => scalarFromText(member.getValueSchema(), part.trim()));
}

function withPrefix(
  headers: WireRequest['headers'],
  prefix: string,
): readonly (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, text]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), text] as const] : [],
  );
}

/** How a REST protocol reads a request: the route names the operation, and the body is read as the protocol says. */
export function requestReader(
  model: ServiceModel,
  readBody: (
    operation: Operation,
    request: WireRequest,
  ) => Promise<Readonly<Record<string, unknown>>>,
): WireProtocol['readRequest'] {
  const routes = routesOf(model);
  return async (request) => {
    const found = findRoute(routes, request);
    if (found === undefined) return undefined;
    const { operation, labels } = found;
    const body = await readBody(operation, request);
    return {
      operation,
      input: { ...body, ...boundMembers(operation.input, labels, request) },
    };
  };
}

/**
 * What the REST protocols share on the server's side: method and path name the operation, labels and query parameters carry
 * members. Called by rest-json-protocol.ts and rest-xml-protocol.ts.
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
}

/** The route that a request takes, with its labels decoded; undefined when it names no operation. */
function findRoute(
  routes: readonly Route[],
  request: WireRequest,
): { readonly operation: Operation; readonly labels: ReadonlyMap<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === request.method ? route.pattern.exec(request.path) : null;
    if (match === null) continue;
    const labels = new Map(
      route.labels.map((label, i) => [label, decodeURIComponent(match[i + 1] ?? '')]),
    );
    return { operation: route.operation, labels };
  }
  return undefined;
}

/** Literal paths come before labelled ones: `/clusters/{name}` must not swallow a longer literal. */
function routesOf(model: ServiceModel): readonly Route[] {
  const routes: Route[] = [];
  for (const operation of model.operations.values()) {
    if (operation.http === undefined) continue;
    const labels: string[] = [];
    const [path = ''] = operation.http.uri.split('?');
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
    });
  }
  return routes.sort((a, b) => a.labels.length - b.labels.length);
}

/** Members that travel in the path or the query string. */
function boundMembers(
  input: NormalizedSchema,
  labels: ReadonlyMap<string, string>,
  query: URLSearchParams,
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
    }
  }
  return bound;
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
      input: { ...body, ...boundMembers(operation.input, labels, request.query) },
    };
  };
}

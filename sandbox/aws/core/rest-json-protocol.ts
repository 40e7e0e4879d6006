/**
 * AWS restJson1 from the server's side, as EKS speaks it: method and path name the operation, labels and query parameters carry
 * members, the rest is a JSON body.
 * Source: smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
import { JsonShapeDeserializer, JsonShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from './aws-error.ts';
import { EPOCH_SECONDS_SETTINGS } from './json-settings.ts';
import type { Operation, ServiceModel } from './service-model.ts';
import { isRecord, scalarFromText } from './values.ts';
import { bodyText, type WireError, type WireProtocol, type WireRequest } from './wire.ts';

interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
}

export function restJsonProtocol(model: ServiceModel): WireProtocol {
  const routes = routesOf(model);

  return {
    commonErrors: {
      throttled: { code: 'ThrottlingException', status: 429 },
      unknownAccessKey: { code: 'UnrecognizedClientException', status: 403 },
      wrongSignature: { code: 'InvalidSignatureException', status: 403 },
      unknownOperation: { code: 'UnknownOperationException', status: 404 },
    },

    readRequest: async (request) => {
      for (const route of routes) {
        const match = route.method === request.method ? route.pattern.exec(request.path) : null;
        if (match === null) continue;
        const labels = new Map(
          route.labels.map((label, i) => [label, decodeURIComponent(match[i + 1] ?? '')]),
        );
        const body = await readBody(route.operation, request);
        return {
          operation: route.operation,
          input: { ...body, ...boundMembers(route.operation.input, labels, request.query) },
        };
      }
      return undefined;
    },

    writeAnswer: (operation, output, requestId) => {
      const serializer = new JsonShapeSerializer(EPOCH_SECONDS_SETTINGS);
      if (!operation.output.isUnitSchema()) serializer.write(operation.output, output);
      const body = operation.output.isUnitSchema() ? '{}' : serializer.flush();
      return { status: operation.http?.status ?? 200, headers: jsonHeaders(requestId), body };
    },

    writeError: (error: WireError, requestId) => ({
      status: error.status,
      headers: { ...jsonHeaders(requestId), 'x-amzn-errortype': error.code },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.fields }),
    }),
  };
}

const jsonHeaders = (requestId: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'x-amzn-requestid': requestId,
});

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

async function readBody(
  operation: Operation,
  request: WireRequest,
): Promise<Readonly<Record<string, unknown>>> {
  if (request.body.length === 0 || operation.input.isUnitSchema()) return {};
  try {
    const parsed: unknown = await new JsonShapeDeserializer(EPOCH_SECONDS_SETTINGS).read(
      operation.input,
      bodyText(request),
    );
    return isRecord(parsed) ? parsed : {};
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not JSON: ${String(cause)}`, {
      httpStatus: 400,
    });
  }
}

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

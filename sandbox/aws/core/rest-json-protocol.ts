/**
 * AWS restJson1 from the server's side, as EKS speaks it: method and path name the operation, labels and query parameters carry
 * members, the rest is a JSON body.
 * Source: smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
import { JsonShapeDeserializer, JsonShapeSerializer } from '@aws-sdk/core/protocols';
import { AwsError } from './aws-error.ts';
import { EPOCH_SECONDS_SETTINGS } from './json-settings.ts';
import { requestReader } from './rest-routing.ts';
import type { Operation, ServiceModel } from './service-model.ts';
import { isRecord } from './values.ts';
import { bodyText, type WireError, type WireProtocol, type WireRequest } from './wire.ts';

export function restJsonProtocol(model: ServiceModel): WireProtocol {
  return {
    commonErrors: {
      throttled: { code: 'ThrottlingException', status: 429 },
      unknownAccessKey: { code: 'UnrecognizedClientException', status: 403 },
      wrongSignature: { code: 'InvalidSignatureException', status: 403 },
      unknownOperation: { code: 'UnknownOperationException', status: 404 },
    },

    readRequest: requestReader(model, readBody),

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

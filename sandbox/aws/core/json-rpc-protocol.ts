/**
 * AWS JSON 1.0 and 1.1 from the server's side, as CloudWatch (1.0) speaks it: `x-amz-target` names the operation, the body is the
 * input. CloudWatch is "query compatible": errors also carry the old query code in a header.
 * Source: smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html and …/aws-query-protocol.html (query compatible trait).
 */
import { JsonShapeDeserializer, JsonShapeSerializer } from '@aws-sdk/core/protocols';
import { AwsError } from './aws-error.ts';
import { EPOCH_SECONDS_SETTINGS } from './json-settings.ts';
import type { ServiceModel } from './service-model.ts';
import { isRecord } from './values.ts';
import { bodyText, type WireProtocol } from './wire.ts';

export interface JsonRpcVariant {
  readonly version: '1.0' | '1.1';
}

export function jsonRpcProtocol(model: ServiceModel, variant: JsonRpcVariant): WireProtocol {
  const headers = (requestId: string): Readonly<Record<string, string>> => ({
    'content-type': `application/x-amz-json-${variant.version}`,
    'x-amzn-requestid': requestId,
  });

  return {
    commonErrors: {
      throttled: { code: 'ThrottlingException', status: 400 },
      unknownAccessKey: { code: 'UnrecognizedClientException', status: 403 },
      wrongSignature: { code: 'InvalidSignatureException', status: 403 },
      unknownOperation: { code: 'UnknownOperationException', status: 404 },
    },

    readRequest: async (request) => {
      const name = request.headers['x-amz-target']?.split('.').at(-1);
      const operation = name === undefined ? undefined : model.operations.get(name);
      if (operation === undefined) return undefined;
      if (operation.input.isUnitSchema()) return { operation, input: {} };
      try {
        const text = request.body.length === 0 ? '{}' : bodyText(request);
        const input: unknown = await new JsonShapeDeserializer(EPOCH_SECONDS_SETTINGS).read(
          operation.input,
          text,
        );
        return { operation, input: isRecord(input) ? input : {} };
      } catch (cause) {
        throw new AwsError('SerializationException', `the body is not JSON: ${String(cause)}`, {
          httpStatus: 400,
        });
      }
    },

    writeAnswer: (operation, output, requestId) => {
      if (operation.output.isUnitSchema())
        return { status: 200, headers: headers(requestId), body: '{}' };
      const serializer = new JsonShapeSerializer(EPOCH_SECONDS_SETTINGS);
      serializer.write(operation.output, output);
      return { status: 200, headers: headers(requestId), body: serializer.flush() };
    },

    writeError: (error, requestId) => ({
      status: error.status,
      headers: {
        ...headers(requestId),
        'x-amzn-query-error': `${error.shape?.queryCode ?? error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`,
      },
      body: JSON.stringify({
        __type: error.shape?.qualifiedName ?? error.code,
        message: error.message,
        ...error.fields,
      }),
    }),
  };
}

/**
 * AWS restXml from the server's side, as Route 53 speaks it: method and path name the operation, labels and query parameters
 * carry members, the rest is an XML document named after the input's shape; answers are named after the output's.
 * Source: smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { AwsError } from './aws-error.ts';
import { requestReader } from './rest-routing.ts';
import type { Operation, ServiceModel } from './service-model.ts';
import { isRecord } from './values.ts';
import { bodyText, type WireAnswer, type WireProtocol, type WireRequest } from './wire.ts';
import { escapeXml } from './xml-text.ts';

export function restXmlProtocol(
  model: ServiceModel,
  { xmlNamespace }: { readonly xmlNamespace: string },
): WireProtocol {
  const settings = {
    xmlNamespace,
    serviceNamespace: xmlNamespace,
    /** 5 is @smithy/types' TimestampDateTimeSchema. */
    timestampFormat: { useTrait: true, default: 5 as const },
    httpBindings: false,
  };
  const answer = (
    status: number,
    body: string,
    requestId: string,
    headers: Readonly<Record<string, string>> = {},
  ): WireAnswer => ({
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...headers },
    body,
  });

  const readBody = async (
    operation: Operation,
    request: WireRequest,
  ): Promise<Readonly<Record<string, unknown>>> => {
    if (request.body.length === 0 || operation.input.isUnitSchema()) return {};
    try {
      const text = bodyText(request);
      const parsed: unknown = await new XmlShapeDeserializer(settings).read(operation.input, text);
      return isRecord(parsed) ? parsed : {};
    } catch (cause) {
      throw new AwsError('InvalidInput', `the body is not XML: ${String(cause)}`, {
        httpStatus: 400,
      });
    }
  };

  return {
    commonErrors: {
      throttled: { code: 'Throttling', status: 400 },
      unknownAccessKey: { code: 'InvalidClientTokenId', status: 403 },
      wrongSignature: { code: 'SignatureDoesNotMatch', status: 403 },
      unknownOperation: { code: 'UnknownOperationException', status: 404 },
    },

    readRequest: requestReader(model, readBody),

    writeAnswer: (operation, output, requestId) => {
      const status = operation.http?.status ?? 200;
      if (operation.output.isUnitSchema()) return answer(status, '', requestId);
      const { headers, document } = headerMembers(operation, output);
      const serializer = new XmlShapeSerializer(settings);
      serializer.write(operation.output, document);
      const xml = `<?xml version="1.0" encoding="UTF-8"?>${String(serializer.flush())}`;
      return answer(status, xml, requestId, headers);
    },

    writeError: (error, requestId) => {
      const type = error.status < 500 ? 'Sender' : 'Receiver';
      const inner =
        `<Type>${type}</Type><Code>${escapeXml(error.shape?.queryCode ?? error.code)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message>`;
      const body =
        `<?xml version="1.0"?><ErrorResponse xmlns="${xmlNamespace}"><Error>${inner}</Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`;
      return answer(error.status, body, requestId);
    },
  };
}

/** Members that travel as headers are no part of the document. */
function headerMembers(
  { output: schema }: Operation,
  output: object,
): { readonly headers: Record<string, string>; readonly document: Record<string, unknown> } {
  const headers: Record<string, string> = {};
  const document: Record<string, unknown> = { ...output };
  for (const [name, member] of schema.structIterator()) {
    const { httpHeader } = member.getMergedTraits();
    const value = document[name];
    if (typeof httpHeader !== 'string' || typeof value !== 'string') continue;
    headers[httpHeader.toLowerCase()] = value;
    delete document[name];
  }
  return { headers, document };
}
